import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_FOLD_LIMITS } from '#platform/fold/limits.ts';
import { foldLimits } from './orders/settings.ts';
import { loadSettings, newGeneration, settingsGroups } from './settings.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kaiseki-settings-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, contents: string): string {
  const path = join(directory, name);
  writeFileSync(path, contents);
  return path;
}

describe('loadSettings', () => {
  it('runs on the embedded adapters, on loopback, without any variable', () => {
    const settings = loadSettings({});
    expect(settings).toMatchObject({
      http: { host: '127.0.0.1', port: 8080, apiKeys: [], allowAnonymous: false },
      dataDirectory: './data',
      orders: { timeZone: 'Asia/Tokyo', layout: { shards: 12, buckets: 240 } },
      kafka: undefined,
      cassandra: undefined,
    });
    expect(settings.orders.menu.menuTypes).toEqual(['washoku', 'yoshoku', 'kinoko', 'takenoko']);
  });

  it('has larger flushes on Kafka, unless told', () => {
    const standard = loadSettings({}).orders.fold;
    expect(foldLimits(standard, 'embedded')).toEqual(DEFAULT_FOLD_LIMITS);
    expect(foldLimits(standard, 'kafka')).toEqual({ ...DEFAULT_FOLD_LIMITS, flushRecords: 10_000 });
    expect(foldLimits(loadSettings({ KAISEKI_FLUSH_ORDERS: '500' }).orders.fold, 'kafka').flushRecords).toBe(500);
  });

  it('leaves connections to probes and pages, however many may watch', () => {
    expect(loadSettings({}).orders.live.viewersMax).toBe(9_000);
    expect(() => loadSettings({ KAISEKI_LIVE_VIEWERS: '9001' })).toThrow('KAISEKI_LIVE_VIEWERS');
  });

  it('reads Kafka with TLS and SASL', () => {
    const settings = loadSettings({
      KAFKA_BROKERS: 'a.example.com:9092, [::1]:9093',
      KAFKA_TLS: 'true',
      KAFKA_TLS_CA_FILE: file('ca.pem', '-----BEGIN CERTIFICATE-----\nca'),
      KAFKA_TLS_CERT_FILE: file('cert.pem', '-----BEGIN CERTIFICATE-----\ncert'),
      KAFKA_TLS_KEY_FILE: file('key.pem', '-----BEGIN PRIVATE KEY-----\nkey'),
      KAFKA_SASL_USERNAME: 'counter',
      KAFKA_SASL_PASSWORD: 'pass word',
    });
    expect(settings.kafka).toEqual({
      brokers: ['a.example.com:9092', '[::1]:9093'],
      clientId: 'kaiseki',
      prefix: '',
      replicationFactor: 3,
      tls: {
        authorities: '-----BEGIN CERTIFICATE-----\nca',
        identity: { certificate: '-----BEGIN CERTIFICATE-----\ncert', key: '-----BEGIN PRIVATE KEY-----\nkey' },
      },
      sasl: { mechanism: 'scram-sha-512', username: 'counter', password: 'pass word' },
    });
  });

  it('lists the mistakes of a menu a line each, in plain words', () => {
    const types = [
      { name: 'tea', labels: { english: 'Tea' }, color: 'red' },
      { name: 'tea', color: '#112233', colour: '#112233' },
    ];
    const path = file('mistakes.json', JSON.stringify({ dimensions: [{ name: 'drink', labels: { en: '' }, menu_types: types }] }));
    expect(() => loadSettings({ KAISEKI_MENU: path })).toThrow(
      [
        `KAISEKI_MENU is ${JSON.stringify(path)} but must be a file without mistakes; it has 5:`,
        'dimensions.0.labels.en must not be empty',
        'dimensions.0.menu_types.0.labels.english must be a two-letter language code',
        'dimensions.0.menu_types.0.color must be a colour such as #d55e00',
        'dimensions.0.menu_types.1.labels is missing',
        'dimensions.0.menu_types.1.colour is not known here',
      ].join('\n    '),
    );
  });

  it.each([
    ['{\n  "dimensions": []\n  "more": []\n}', 'no JSON, see line 3 column 3'],
    [`${'\n'.repeat(50)}{\n  "dimensions": [\n  1,\n  ]\n}`, 'no JSON, see line 54'],
    ['{\n  "dimensions": [', 'no JSON, it ends too early (line 2)'],
    ['password = hunter2', 'no JSON'],
  ])('says that a menu is no JSON, and where', (text, where) => {
    expect(() => loadSettings({ KAISEKI_MENU: file('broken.json', text) })).toThrow(`what it holds is ${where}`);
  });

  it('takes no broker without a port, or with one that there is not', () => {
    for (const brokers of ['localhost', 'a:9092,b', '[::1]', 'a:0', 'a:65536', 'a:', ':9092', '']) {
      const read = () => loadSettings({ KAFKA_BROKERS: brokers });
      if (brokers === '') expect(read().kafka).toBeUndefined();
      else
        expect(read, brokers).toThrow(
          `KAFKA_BROKERS is "${brokers}" but must be host:port addresses separated by commas, such as kafka-1:9092`,
        );
    }
  });

  it('reads Cassandra', () => {
    expect(
      loadSettings({ CASSANDRA_CONTACT_POINTS: 'a,b:9042', CASSANDRA_USERNAME: 'u', CASSANDRA_PASSWORD: 'p', CASSANDRA_TLS: 'true' })
        .cassandra,
    ).toEqual({
      contactPoints: ['a', 'b:9042'],
      localDataCenter: 'datacenter1',
      keyspace: 'kaiseki',
      credentials: { username: 'u', password: 'p' },
      tls: {},
      consistency: 'LOCAL_QUORUM',
      replicationFactor: 3,
    });
  });

  it('reads a menu from a file', () => {
    const drinks = {
      name: 'drink',
      labels: { en: 'Drink' },
      menu_types: ['tea', 'coffee', 'sake'].map((name) => ({ name, labels: { en: name }, color: '#112233' })),
    };
    const path = file('menu.json', JSON.stringify({ dimensions: [drinks] }));
    expect(loadSettings({ KAISEKI_MENU: path }).orders.menu.menuTypes).toEqual(['tea', 'coffee', 'sake']);
  });

  it('says what was meant by a name that is nearly one of Kafka’s or Cassandra’s, and leaves those of other programs alone', () => {
    expect(() => loadSettings({ KAFKA_BROKER: 'a:9092', CASSANDRA_CONTACT_POINT: 'b' })).toThrow(
      '2 settings are wrong:\n' +
        '  KAFKA_BROKER is not a setting; did you mean KAFKA_BROKERS?\n' +
        '  CASSANDRA_CONTACT_POINT is not a setting; did you mean CASSANDRA_CONTACT_POINTS?',
    );
    const others = ['KAFKA_PORT', 'KAFKA_HEAP', 'KAFKA_JVM', 'KAFKA_OPTS', 'KAFKA_HEAP_OPTS', 'KAFKA_VERSION', 'KAFKA_HOST', 'KAFKA_SSL'];
    others.push('KAFKA_BROKER_ID', 'KAFKA_TOPIC', 'KAFKA_TOPICS', 'KAFKA_SERVICE_HOST', 'KAFKA_PORT_9092_TCP', 'KAFKA_HOME');
    others.push(
      'CASSANDRA_PORT',
      'CASSANDRA_HOST',
      'CASSANDRA_HOME',
      'CASSANDRA_DC',
      'CASSANDRA_USER',
      'CASSANDRA_HEAP',
      'CASSANDRA_SEEDS',
    );
    expect(loadSettings(Object.fromEntries(others.map((name) => [name, 'x']))).kafka).toBeUndefined();
    // Both are set: the other one is another program's.
    expect(loadSettings({ KAFKA_BROKER: 'a:9092', KAFKA_BROKERS: 'a:9092' }).kafka?.brokers).toEqual(['a:9092']);
  });

  it.each([
    ['kafka_brokers', 'KAFKA_BROKERS'],
    ['KAFKA-BROKERS', 'KAFKA_BROKERS'],
    ['KAKFA_BROKERS', 'KAFKA_BROKERS'],
    ['KAFKA_BOOTSTRAP_SERVERS', 'KAFKA_BROKERS'],
    ['kafka.bootstrap.servers', 'KAFKA_BROKERS'],
    ['CASANDRA_CONTACT_POINT', 'CASSANDRA_CONTACT_POINTS'],
    ['CASSANDRA_CONTACTPOINTS', 'CASSANDRA_CONTACT_POINTS'],
    ['CASANDRA_LOCAL_DATACENTER', 'CASSANDRA_LOCAL_DATA_CENTER'],
    ['CASSANDRA_HOSTS', 'CASSANDRA_CONTACT_POINTS'],
    ['kaiseki_port', 'KAISEKI_PORT'],
    ['KASEKI_API_KEYS', 'KAISEKI_API_KEYS'],
    ['KAIESKI_ALOW_ANONYMOUS', 'KAISEKI_ALLOW_ANONYMOUS'],
  ])('does not start on defaults where %s is set', (written, meant) => {
    expect(() => loadSettings({ [written]: 'a:1' })).toThrow(
      `One setting is wrong:\n  ${written} is not a setting; did you mean ${meant}?`,
    );
  });

  it('reads files with a byte order mark, and remarks before a certificate', () => {
    const menu = file('menu-bom.json', '\uFEFF{"dimensions":[]}');
    expect(() => loadSettings({ KAISEKI_MENU: menu })).toThrow('must be a file without mistakes; it has 1:\n    dimensions');
    const utf16 = join(directory, 'menu-utf16.json');
    writeFileSync(utf16, '\uFEFF{"dimensions":[]}', 'utf16le');
    expect(() => loadSettings({ KAISEKI_MENU: utf16 })).toThrow('it is not UTF-8, but seems to be UTF-16: save it as UTF-8');
    const authorities = file('ca-bom.pem', '\uFEFFsubject=Café\n-----BEGIN CERTIFICATE-----\nca');
    const settings = loadSettings({ KAFKA_BROKERS: 'a:1', KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: authorities });
    expect(settings.kafka?.tls?.authorities).toBe('-----BEGIN CERTIFICATE-----\nca');
  });

  it('lists what is wrong with files, pairs and servers that are not used, together', () => {
    const menu = file('bad-menu.json', JSON.stringify({ dimensions: [{ name: 'Drink', labels: {}, menu_types: [] }] }));
    const noJson = file('no.json', 'password = hunter2');
    const environment = { KAISEKI_TIME_ZONE: 'Asia/Atlantis', KAISEKI_BUCKETS: '100', KAFKA_SASL_USERNAME: 'u', KAFKA_TLS_CA_FILE: noJson };
    const lines = (more: Record<string, string>) => {
      try {
        loadSettings({ ...environment, ...more });
      } catch (error) {
        return String(error);
      }
      return '';
    };
    const shown = lines({ KAISEKI_MENU: menu });
    for (const part of [
      'KAISEKI_TIME_ZONE is "Asia/Atlantis" but must be an IANA time zone',
      'KAISEKI_BUCKETS is 100 but must be a multiple of KAISEKI_SHARDS (12)',
      'KAISEKI_MENU is',
      'dimensions.0.name must begin with a letter',
      'dimensions.0.menu_types must have 2 entries at least',
      'KAFKA_SASL_USERNAME is set, but KAFKA_BROKERS is not',
      'KAFKA_SASL_PASSWORD must be set where KAFKA_SASL_USERNAME is',
      'must be the path of a PEM file',
    ]) {
      expect(shown).toContain(part);
    }
    expect(lines({ KAISEKI_MENU: noJson })).not.toContain('hunter2');
    expect(lines({ KAISEKI_MENU: join(directory, 'missing.json') })).toContain('ENOENT');
  });
});

it('says what a new generation is, by where the data is kept', () => {
  const [kafka, cassandra] = [{ KAFKA_BROKERS: 'localhost:9092' }, { CASSANDRA_CONTACT_POINTS: 'localhost' }];
  const sentence = (environment: Record<string, string>) =>
    newGeneration(loadSettings({ KAISEKI_DATA_DIR: '/var/lib/kaiseki', ...environment }));
  expect(sentence({})).toContain('is another data directory (KAISEKI_DATA_DIR) than /var/lib/kaiseki,');
  expect(sentence({ ...kafka, ...cassandra })).toContain('is another KAFKA_PREFIX and another CASSANDRA_KEYSPACE,');
  expect(sentence(kafka)).toMatch(/another KAFKA_PREFIX and another data directory .* than \/var\/lib\/kaiseki,/);
  expect(sentence(cassandra)).toMatch(/another data directory .* than \/var\/lib\/kaiseki and another CASSANDRA_KEYSPACE,/);
});

it('every variable is described, and has a default or an example', () => {
  const variables = settingsGroups.flatMap((group) => Object.entries(group.variables));
  expect(variables.length).toBeGreaterThan(30);
  for (const [name, schema] of variables) {
    expect(schema.description, name).toMatch(/\.$/);
    expect(schema.safeParse(undefined).success, `${name} must have a default or be optional`).toBe(true);
  }
});
