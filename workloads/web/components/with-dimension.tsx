import type { ReactNode } from 'react';
import type { Dimension, Menu } from '#workloads/web/api/types.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { WithMenu } from './with-menu.tsx';

interface WithDimensionProps {
  readonly name: string;
  readonly children: (menu: Menu, dimension: Dimension) => ReactNode;
}

/** Shows what is about one dimension of the menu; says so where there is no such dimension. */
export function WithDimension({ name, children }: WithDimensionProps) {
  const { texts } = useSpeech();
  return (
    <WithMenu>
      {(menu) => {
        const dimension = menu.dimensions.find((one) => one.name === name);
        if (!dimension) return <p role="alert">{texts.problem.unknownDimension(name)}</p>;
        return children(menu, dimension);
      }}
    </WithMenu>
  );
}
