import { describe, expect, it } from 'vitest';
import {
  DailyCurve,
  flatCurve,
  LocalDays,
  learnCurve,
  plannedPart,
  stretchOf,
} from '../../../server/pacing/index.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe('the days of a time zone', () => {
  it.each([
    ['UTC', '2026-11-23T12:00:00Z', '2026-11-23T00:00:00Z', 24],
    ['Asia/Kathmandu', '2026-11-23T18:14:59Z', '2026-11-22T18:15:00Z', 24],
    ['Asia/Kathmandu', '2026-11-23T18:15:00Z', '2026-11-23T18:15:00Z', 24],
    ['Europe/Berlin', '2026-03-29T10:00:00Z', '2026-03-28T23:00:00Z', 23],
    ['Europe/Berlin', '2026-10-25T22:59:59Z', '2026-10-24T22:00:00Z', 25],
    ['America/Los_Angeles', '2026-11-23T07:59:59Z', '2026-11-22T08:00:00Z', 24],
  ])('%s at %s: from %s, %d hours', (timeZone, at, start, hours) => {
    const day = new LocalDays(timeZone).dayOf(Date.parse(at));
    expect(new Date(day.startMs).toISOString()).toBe(new Date(start).toISOString());
    expect((day.endMs - day.startMs) / hourMs).toBe(hours);
  });

  it('follow each other without a gap, in years and zones with odd changes', () => {
    for (const timeZone of ['Asia/Beirut', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Pacific/Apia']) {
      const days = new LocalDays(timeZone);
      let day = days.dayOf(Date.UTC(2026, 0, 1));
      for (let n = 0; n < 400; n++) {
        const next = days.dayOf(day.endMs);
        expect([next.startMs, next.number]).toEqual([day.endMs, day.number + 1]);
        day = next;
      }
    }
  });
});

describe('a daily curve', () => {
  it('is learnt smoothed, with no empty quarter, and only from enough traffic', () => {
    const counts = Array.from({ length: 96 }, (_, quarter) => (quarter === 40 ? 4000 : 0));
    const curve = learnCurve(counts);
    expect(curve?.fractionBy(0)).toBe(0);
    expect(curve?.fractionBy(1)).toBe(1);
    const weights = curve?.weights ?? [];
    expect([weights[39], weights[40], weights[41]]).toEqual([1000, 2000, 1000]);
    expect(Math.min(...weights)).toBeGreaterThan(0);
    expect(learnCurve(counts.map((count) => count / 5))).toBeUndefined();
  });

  it('of the wrong length or without traffic is refused', () => {
    expect(() => new DailyCurve([1, 2])).toThrow(RangeError);
    expect(() => new DailyCurve(new Array<number>(96).fill(0))).toThrow(RangeError);
  });
});

describe('the plan', () => {
  const days = new LocalDays('UTC');
  const startMs = Date.UTC(2026, 10, 23);
  const flight = { startMs, endMs: startMs + 7 * dayMs };

  it('is even with a flat curve, and done ten minutes before the end', () => {
    const part = (atMs: number) => plannedPart(flatCurve, days, flight, atMs);
    expect(part(startMs - 1)).toBe(0);
    expect(part(startMs)).toBe(0);
    expect(part(startMs + 3.5 * dayMs)).toBeCloseTo(0.5, 2);
    expect(part(flight.endMs - 600_000)).toBe(1);
    expect(part(flight.endMs - 660_000)).toBeLessThan(1);
  });

  it('never falls, over any curve and a day of 25 hours', () => {
    const berlin = new LocalDays('Europe/Berlin');
    const from = Date.UTC(2026, 9, 24);
    const stretch = { startMs: from, endMs: from + 3 * dayMs };
    const curve = new DailyCurve(Array.from({ length: 96 }, (_, quarter) => (quarter * 37) % 11));
    let before = 0;
    for (let at = from; at <= stretch.endMs; at += 60_000) {
      const part = plannedPart(curve, berlin, stretch, at);
      expect(part).toBeGreaterThanOrEqual(before);
      before = part;
    }
    expect(before).toBe(1);
  });

  it('of a day is for the part of it in which the line item runs', () => {
    const late = { startMs: startMs + 18 * hourMs, endMs: startMs + 2 * dayMs };
    const first = stretchOf(days, late, 'day', startMs + 20 * hourMs);
    expect(first).toEqual({ startMs: late.startMs, endMs: startMs + dayMs });
    expect(plannedPart(flatCurve, days, first, startMs + 21 * hourMs)).toBeCloseTo(0.5, 1);
  });
});
