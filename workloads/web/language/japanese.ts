import type { Texts } from './english.ts';

export const japanese: Texts = {
  name: '日本語',
  skip: '数字へ移動',
  pages: 'ページ',
  chooseLanguage: '言語',
  loading: '読み込んでいます…',

  index: {
    title: '好みを、数える。',
    lede: '注文が届くそばから、誰が何を好むかを、ひとつも違えずに数えます。',
    cuisine: '和食か、洋食か',
    cuisineLede: 'どの料理が注文されているか、通算と日ごとに。そして、どちらを好む人か。',
    snack: 'きのこか、たけのこか',
    snackLede: 'どちらかを買うと、開いているすべてのブラウザーが動きます。',
    live: 'すべての分類をライブで',
    liveLede: 'メニューにあるほかのものも、注文されるそばから。',
    docs: 'API',
    docsLede: 'このプログラムが HTTP で答えるすべてを、その場で試せます。',
  },

  live: {
    on: (time) => `ライブ・${time}`,
    connecting: '接続しています…',
    off: '更新できません',
    stale: (time) => `更新が止まっています。${time} 時点の数字を表示しています。`,
    retry: '再試行',
  },

  problem: {
    unreachable: 'サーバーが応答しません。',
    unreachableHint: '自動で再試行します。数えた注文が失われることはありません。',
    answered: (status) => `サーバーがエラーを返しました（${status}）。`,
    retry: '再試行',
    unknownDimension: (name) => `このサーバーのメニューに「${name}」はありません。`,
  },

  key: {
    title: 'API キーが必要です',
    lede: {
      read: '役割「read」の API キーを入力してください。このタブを閉じるまで、このタブだけに保存されます。',
      ingest: '注文には役割「ingest」の API キーが必要です。注文は保存してあり、入力されたキーで送信します。',
    },
    label: 'API キー',
    submit: '続ける',
    refused: 'この API キーは使えません。',
  },

  totals: {
    question: (labels) => labels.map((label) => `${label}か`).join('、'),
    count: (_count, shown) => `注文 ${shown} 件`,
    leads: (label, ratio, orders) => `これまでの${orders}のうち、${ratio} が${label}でした。`,
    level: (orders) => `これまでの${orders}は、いまのところ同数です。`,
    none: 'まだ注文がありません。',
    noneHint: '最初の注文を送ると、すぐにここへ現れます。',
    caption: 'これまでのすべての注文',
    chart: (parts) => `これまでのすべての注文：${parts}`,
    chartEmpty: 'まだ注文がありません',
    menuType: '種類',
    orders: '注文',
    ratio: '割合',
  },

  shop: {
    buy: (label) => `${label}を買う`,
    made: (label) => `${label}：注文しています…`,
    accepted: (label) => `${label}：注文しました。`,
    kept: (label) => `${label}：預かりました。サーバーが応答しだい送ります。`,
    refused: (label, reason) => `${label}は注文できませんでした：${reason}`,
    full: '送信待ちの注文が多すぎます。',
    waiting: (count) => `送信待ち ${count} 件`,
    own: 'あなたの注文',
    whoAmI: '匿名です。このブラウザーでの呼び名：',
    none: 'まだ何も注文していません。',
  },

  recent: {
    title: (minutes) => `この ${minutes} 分間`,
    lede: (seconds) =>
      `このページを開いてからの、${seconds}\u00a0秒ごとの注文数です。まだ終わっていない ${seconds}\u00a0秒間は含みません。`,
    chart: (minutes, parts) => `この ${minutes} 分間の注文：${parts}`,
    caption: '直近の 1 分ごとの注文',
    minute: '時間',
    ago: (minutes) => `${minutes} 分前`,
    now: '現在',
  },

  days: {
    title: '日ごとの注文',
    zone: (zone) => `日付は ${zone} の午前 0 時で切り替わります。`,
    mode: '表示',
    oneDay: '1 日',
    range: '期間',
    day: '日付',
    from: '開始日',
    to: '終了日',
    before: '前の日',
    after: '次の日',
    today: '今日',
    last: (days) => `直近 ${days} 日`,
    atMost: (days) => `期間は ${days} 日まで選べます。`,
    soFar: '集計中',
    chart: (day, parts) => `${day}の注文：${parts}`,
    chartEmpty: (day) => `${day}の注文はありません`,
    openDay: (chart) => `${chart}。この日を表示`,
    caption: (day) => `${day}の注文`,
    rangeCaption: (from, to) => `${from}から${to}までの日ごとの注文`,
    asTable: '表で見る',
  },

  people: {
    title: '好みでみる人びと',
    lede: 'いちばん多く注文した種類が、その人の好みです。同数のあいだは、それまでの好みのままです。',
    segment: (label) => `${label}派`,
    count: (_count, shown) => `${shown} 人`,
    chart: (parts) => `好みごとの人数：${parts}`,
    chartEmpty: 'まだ誰もいません',
    search: 'ユーザーを探す',
    searchHint: 'ID の先頭',
    list: (label) => `${label}派のユーザー`,
    none: 'まだ誰もいません。',
    noMatch: (prefix) => `「${prefix}」で始まる ID はありません。`,
    download: 'CSV',
    downloadName: (label) => `${label}派のユーザーを CSV でダウンロード`,
    downloading: 'ダウンロード中…',
    downloadFailed: 'ダウンロードできませんでした。',
  },

  pager: {
    name: (list) => `ページ送り：${list}`,
    page: (page) => `${page} ページ`,
    previous: '前へ',
    next: '次へ',
  },

  user: {
    kind: 'ユーザー',
    close: '閉じる',
    prefers: (label) => `${label}派`,
    unknown: 'この ID の注文はまだありません。',
    orders: '注文の履歴（数えた順、新しいものから）',
    time: '日時',
    menuType: '種類',
    chart: (label, parts) => `${label}：${parts}`,
  },

  footer: { docs: 'API', pages: 'ページ一覧' },
};
