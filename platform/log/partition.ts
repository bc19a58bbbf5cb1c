/**
 * Kafka's default partitioner: murmur2 of the key's UTF-8 bytes, so that any Kafka client agrees where a key belongs.
 * Source: org.apache.kafka.common.utils.Utils.murmur2 (Austin Appleby's MurmurHash2, 32 bits, seed 0x9747b28c).
 */
const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;

/** The non-negative 31-bit hash of a key (Kafka's `toPositive(murmur2(key))`). */
export function hashKey(key: string): number {
  const bytes = Buffer.from(key, 'utf8');
  const length = bytes.length;
  let h = SEED ^ length;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let k = bytes.readInt32LE(i);
    k = Math.imul(k, M);
    k ^= k >>> R;
    k = Math.imul(k, M);
    h = Math.imul(h, M) ^ k;
  }
  const rest = length - whole;
  if (rest >= 3) h ^= (bytes[whole + 2] as number) << 16;
  if (rest >= 2) h ^= (bytes[whole + 1] as number) << 8;
  if (rest >= 1) h = Math.imul(h ^ (bytes[whole] as number), M);
  h ^= h >>> 13;
  h = Math.imul(h, M);
  h ^= h >>> 15;
  return h & 0x7fffffff;
}

/** The partition of a key among `partitions`. */
export function partitionOf(key: string, partitions: number): number {
  return hashKey(key) % partitions;
}
