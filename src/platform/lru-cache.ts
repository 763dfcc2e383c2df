import { LRUCache } from 'lru-cache'

/**
 * What a process remembers of something: so many of them, those that were used last. Room is made as they come: the
 * library's own `max` makes room for all of them at once, in every process.
 *
 * @param ttl milliseconds for which each is remembered; until it is pushed out, when nothing is said
 */
export function lruCache<Key extends {}, Value extends {}>(most: number, ttl = 0): LRUCache<Key, Value> {
  return new LRUCache({ maxSize: most, sizeCalculation: () => 1, ttl })
}
