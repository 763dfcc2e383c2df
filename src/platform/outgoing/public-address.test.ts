import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { publicAddress } from './public-address.ts'

/** The special-purpose registry of IANA for IPv4, written out: first address and length of the prefix. */
const SPECIAL: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

const numberOf = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
const dotted = (number: number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
const isSpecial = (number: number) =>
  SPECIAL.some(
    ([first, length]) => Math.floor(number / 2 ** (32 - length)) === Math.floor(numberOf(first) / 2 ** (32 - length)),
  )
const hex = (number: number) => `${(number >>> 16).toString(16)}:${(number & 0xffff).toString(16)}`

const anyNumber = fc.nat({ max: 2 ** 32 - 1 }).filter((number) => dotted(number) !== '168.63.129.16')
/** Half of the tries inside what is special: chance alone would hardly meet it. */
const specialNumber = fc
  .tuple(fc.constantFrom(...SPECIAL), fc.nat({ max: 2 ** 28 - 1 }))
  .map(([[first, length], rest]) => numberOf(first) + (rest % 2 ** (32 - length)))
const number = fc.oneof(anyNumber, specialNumber)
const groups = (count: number) =>
  fc
    .array(fc.nat({ max: 0xffff }), { minLength: count, maxLength: count })
    .map((list) => list.map((group) => group.toString(16)).join(':'))

test('an IPv4 address is public when the registry gives it no special purpose, and then it is dialled as it is', () => {
  fc.assert(
    fc.property(number, (one) => {
      expect(publicAddress(dotted(one))).toBe(isSpecial(one) ? undefined : dotted(one))
    }),
  )
})

test('mapped into IPv6 it is the same address, and no more public than before', () => {
  fc.assert(
    fc.property(number, (one) => {
      expect(publicAddress(`::ffff:${hex(one)}`)).toBe(publicAddress(dotted(one)))
    }),
  )
  fc.assert(
    fc.property(number, (one) => {
      expect(publicAddress(`::ffff:${dotted(one)}`)).toBe(publicAddress(dotted(one)))
    }),
  )
})

test('behind NAT64 it is public when the address meant is', () => {
  fc.assert(
    fc.property(number, (one) => {
      expect(publicAddress(`64:ff9b::${hex(one)}`) === undefined).toBe(isSpecial(one))
    }),
  )
})

test('in a tunnel of old (6to4, Teredo, IPv4-compatible, translated) it is never public', () => {
  fc.assert(
    fc.property(number, groups(5), groups(4), (one, five, four) => {
      for (const text of [
        `2002:${hex(one)}:${five}`,
        `2001:0:${hex(one)}:${four}`,
        `::${hex(one)}`,
        `::ffff:0:${hex(one)}`,
      ])
        expect(publicAddress(text)).toBeUndefined()
    }),
  )
})

test('an IPv6 address outside 2000::/3 is never public', () => {
  const outside = fc.nat({ max: 0xffff }).filter((first) => first >>> 13 !== 1)
  fc.assert(
    fc.property(outside, groups(7), (first, rest) => {
      expect(publicAddress(`${first.toString(16)}:${rest}`)).toBeUndefined()
    }),
  )
})

describe('what is not public', () => {
  test.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '100.100.100.200',
    '169.254.169.254',
    '168.63.129.16',
    '192.0.0.192',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    'fe80::1',
    'febf::1',
    'fec0::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '64:ff9b::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::808:808',
    '2001:db8::1',
    '3fff::1',
    '2002:7f00:1::',
    '2001:0:53aa:64c::1',
    '100::1',
    '5f00::1',
    'fe80::1%eth0',
    'localhost',
    '',
    '1.2.3',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '[::1]',
    '8.8.8.8:80',
  ])('%s', (address) => {
    expect(publicAddress(address)).toBeUndefined()
  })
})

test('what is public is', () => {
  for (const address of [
    '93.184.215.14',
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '2a00:1450:4007::200e',
    '2606:2800:21f::1',
    '64:ff9b::808:808',
  ])
    expect(publicAddress(address)).toBe(address)
  expect(publicAddress('::ffff:8.8.8.8')).toBe('8.8.8.8')
})
