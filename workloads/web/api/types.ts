/** What the API answers, as the pages read it. */

/** Language (`ja`, `en`, …) → what the thing is called in it. */
export type Labels = Readonly<Record<string, string>>;

export interface MenuType {
  readonly name: string;
  readonly labels: Labels;
  /** Such as `#d55e00`. */
  readonly color: string;
}

export interface Dimension {
  readonly name: string;
  readonly labels: Labels;
  readonly menu_types: readonly MenuType[];
}

/** `GET /api/menu` */
export interface Menu {
  readonly dimensions: readonly Dimension[];
  /** The IANA time zone in which days are cut. */
  readonly time_zone: string;
  /** The day that it is there now, `YYYY-MM-DD`. */
  readonly today: string;
}

export interface SegmentTotal {
  readonly segment: string;
  readonly orders: number;
  /** People who prefer it; told of all time only. */
  readonly users?: number;
}

/** `GET /api/totals` */
export interface Totals {
  readonly dimension: string;
  /** `all`, or a day. */
  readonly period: string;
  readonly orders: number;
  readonly totals: readonly SegmentTotal[];
}

/** `GET /api/segments/{segment}/users` */
export interface Members {
  readonly segment: string;
  readonly count: number;
  readonly users: readonly string[];
  readonly next_cursor?: string;
}

export interface UserOrder {
  /** RFC 3339. */
  readonly timestamp: string;
  readonly menu_type: string;
  readonly order_id?: string;
}

/** `GET /api/users?id=` */
export interface UserHistory {
  readonly user_id: string;
  /** Dimension → the segment that the user is in. */
  readonly segments: Readonly<Record<string, string>>;
  /** Menu type → orders. */
  readonly counts: Readonly<Record<string, number>>;
  readonly orders: readonly UserOrder[];
  readonly next_cursor?: string;
}

/** A message of `/live` and `/live/stream`. Figures are absolute. */
export interface LivePush {
  /** `snapshot`: every segment. `change`: those that changed. */
  readonly type: 'snapshot' | 'change';
  /** Sequence numbers count within one stream. */
  readonly stream: string;
  /** One more with each message; a gap tells that one was missed. */
  readonly sequence: number;
  readonly dimension: string;
  /** The day that `today` is about. */
  readonly day: string;
  readonly all: readonly { readonly segment: string; readonly orders: number; readonly users: number }[];
  readonly today: readonly { readonly segment: string; readonly orders: number }[];
}

/** `POST /api/log` */
export interface NewOrder {
  readonly order_id: string;
  readonly user_id: string;
  /** RFC 3339. */
  readonly timestamp: string;
  readonly menu_type: string;
}
