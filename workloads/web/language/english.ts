/** Every text of the pages, in English. `Texts` is what the other languages have to say too. */

export const english = {
  name: 'English',
  skip: 'Skip to the figures',
  pages: 'Pages',
  chooseLanguage: 'Language',
  loading: 'Loading…',

  index: {
    title: 'Who prefers what?',
    lede: 'Every order is counted once, exactly, and while it happens.',
    cuisine: 'Japanese or Western?',
    cuisineLede: 'Which cuisine is ordered, over all and day by day, and who prefers which.',
    snack: 'Mushroom or Bamboo shoot?',
    snackLede: 'Buy one or the other, and watch every open browser move.',
    live: 'Watch any dimension',
    liveLede: 'Whatever else is on the menu, as it is ordered.',
    docs: 'API',
    docsLede: 'Every question that the program answers over HTTP, to try out.',
  },

  live: {
    on: (time: string) => `Live · ${time}`,
    asked: (time: string) => `As of ${time}`,
    connecting: 'Connecting…',
    off: 'No new figures',
    stale: (time: string) => `New figures do not arrive. These are of ${time}.`,
    retry: 'Try again',
  },

  problem: {
    unreachable: 'The server does not answer.',
    unreachableHint: 'It is tried again by itself; nothing that was counted is lost.',
    answered: (status: number) => `The server answered with an error (${status}).`,
    retry: 'Try again',
    unknownDimension: (name: string) => `The menu of this server has no “${name}”.`,
  },

  key: {
    title: 'This server asks for a key',
    lede: {
      read: 'Enter an API key of the role “read”. It is kept in this tab only, until you close it.',
      ingest: 'To order, this server asks for an API key of the role “ingest”. Your order is kept, and sent with the key that you enter.',
    },
    label: 'API key',
    submit: 'Continue',
    refused: 'The server does not accept this key.',
  },

  totals: {
    question: (labels: readonly string[]) => `${labels.join(' or ')}?`,
    count: (count: number, shown: string) => (count === 1 ? '1 order' : `${shown} orders`),
    leads: (label: string, ratio: string, orders: string) => `${label} makes up ${ratio} of ${orders} so far.`,
    level: (orders: string) => `${orders} so far, and nobody is ahead.`,
    none: 'No orders yet.',
    noneHint: 'Send the first one, and this page shows it a moment later:',
    caption: 'Orders over all time',
    chart: (parts: string) => `Orders over all time: ${parts}`,
    chartEmpty: 'No orders yet',
    menuType: 'Menu type',
    orders: 'Orders',
    ratio: 'Share',
  },

  shop: {
    buy: (label: string) => `Buy ${label}`,
    made: (label: string) => `${label}: ordering…`,
    accepted: (label: string) => `${label}: ordered.`,
    kept: (label: string) => `${label}: kept, and sent as soon as the server answers.`,
    refused: (label: string, reason: string) => `${label} was not ordered: ${reason}`,
    noIngest: 'this address takes no orders: nothing that runs here is “ingest”.',
    full: 'Too many orders are waiting already.',
    waiting: (count: number) => (count === 1 ? '1 order is waiting.' : `${count} orders are waiting.`),
    fleeting: 'Leave this page open until then: this browser keeps nothing for it.',
    own: 'Your orders',
    whoAmI: 'You are anonymous. This browser calls you',
    none: 'You have not ordered anything yet.',
  },

  recent: {
    title: (minutes: number) => `The last ${minutes} minutes`,
    lede: (seconds: number) =>
      `Orders in every ${seconds} seconds since this page was opened. The lines end with the last ${seconds} seconds that are over.`,
    chart: (minutes: number, parts: string) => `Orders in the last ${minutes} minutes: ${parts}`,
    caption: 'Orders in each of the last minutes',
    minute: 'Minute',
    ago: (minutes: number) => (minutes === 1 ? '1 minute ago' : `${minutes} minutes ago`),
    now: 'now',
  },

  days: {
    title: 'Day by day',
    zone: (zone: string) => `Days begin and end at midnight in ${zone}.`,
    mode: 'Show',
    oneDay: 'One day',
    range: 'A range',
    day: 'Day',
    from: 'From',
    to: 'To',
    before: 'The day before',
    after: 'The day after',
    today: 'Today',
    last: (days: number) => `Last ${days} days`,
    atMost: (days: number) => `A range has ${days} days at most.`,
    soFar: 'so far',
    chart: (day: string, parts: string) => `Orders on ${day}: ${parts}`,
    chartEmpty: (day: string) => `No orders on ${day}`,
    openDay: (chart: string) => `${chart}. Show this day.`,
    caption: (day: string) => `Orders on ${day}`,
    rangeCaption: (from: string, to: string) => `Orders of each day from ${from} to ${to}`,
    asTable: 'As a table',
  },

  people: {
    title: 'Who prefers what',
    lede: 'A person belongs to what they have ordered most; on a tie they stay where they were.',
    segment: (label: string) => `Prefer ${label}`,
    count: (count: number, shown: string) => (count === 1 ? '1 person' : `${shown} people`),
    chart: (parts: string) => `People per segment: ${parts}`,
    chartEmpty: 'Nobody yet',
    search: 'Find a user',
    searchHint: 'The beginning of an id',
    list: (label: string) => `Users who prefer ${label}`,
    none: 'Nobody yet.',
    noMatch: (prefix: string) => `No id here begins with “${prefix}”.`,
    download: 'CSV',
    downloadName: (label: string) => `Download the users who prefer ${label} as CSV`,
    downloading: 'Downloading…',
    downloadFailed: 'The download failed.',
  },

  pager: {
    name: (list: string) => `Pages: ${list}`,
    page: (page: string) => `Page ${page}`,
    previous: 'Previous',
    next: 'Next',
  },

  user: {
    kind: 'User',
    close: 'Close',
    prefers: (label: string) => `Prefers ${label}`,
    unknown: 'Nobody with this id has ordered anything yet.',
    orders: 'Orders, last counted first',
    time: (zone: string) => `Time (${zone})`,
    menuType: 'Menu type',
    chart: (label: string, parts: string) => `${label}: ${parts}`,
  },

  footer: { docs: 'API', pages: 'All pages' },
};

export type Texts = typeof english;
