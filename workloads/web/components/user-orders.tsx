import type { Menu, UserOrder } from '#workloads/web/api/types.ts';
import { Swatch } from '#workloads/web/chart/swatch.tsx';
import { labelOf } from '#workloads/web/language/label.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';

/** One page of a user's orders. */
export function UserOrders({ orders, menu }: { readonly orders: readonly UserOrder[]; readonly menu: Menu }) {
  const { language, texts, format } = useSpeech();
  const menuTypes = new Map(menu.dimensions.flatMap((dimension) => dimension.menu_types).map((menuType) => [menuType.name, menuType]));
  return (
    <table className="user-orders">
      <thead>
        <tr>
          <th scope="col">{texts.user.time(menu.time_zone)}</th>
          <th scope="col">{texts.user.menuType}</th>
        </tr>
      </thead>
      <tbody>
        {keyed(orders).map(({ key, order }) => {
          const menuType = menuTypes.get(order.menu_type);
          return (
            <tr key={key}>
              <td>
                <time dateTime={order.timestamp}>{format.instant(order.timestamp, menu.time_zone)}</time>
              </td>
              <td>
                {menuType && <Swatch color={menuType.color} />} {menuType ? labelOf(menuType, language) : order.menu_type}
                {order.order_id !== undefined && <span className="order-id">{order.order_id}</span>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Two orders may be alike in all that is shown of them: such ones are numbered. */
function keyed(orders: readonly UserOrder[]): readonly { readonly key: string; readonly order: UserOrder }[] {
  const seen = new Map<string, number>();
  return orders.map((order) => {
    const looks = JSON.stringify([order.timestamp, order.menu_type, order.order_id]);
    const number = (seen.get(looks) ?? 0) + 1;
    seen.set(looks, number);
    return { key: `${looks}${number}`, order };
  });
}
