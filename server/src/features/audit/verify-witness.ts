import { iso } from '../../kernel/clock.ts';
import { type OpenedCheckpoint, openCheckpoint } from './checkpoint.ts';
import type { Findings } from './finding.ts';
import type { VerifierKey } from './signed-note.ts';

/** Compares the record with the checkpoints that witnesses have kept. */
export interface WitnessCheck {
  /** A line that a witness has kept. */
  line(text: string): void;
  /** A checkpoint of the record. */
  checkpoint(opened: OpenedCheckpoint): void;
  /** To be called at the end. @param size how far the record is sealed @param from where the check began */
  end(size: number, from: number): void;
  readonly lines: number;
  /** Lines that are none of a witness: the last one of a file may be torn when a machine dies. */
  readonly unreadable: number;
}

export function createWitnessCheck(deps: { trusted: readonly VerifierKey[]; findings: Findings }): WitnessCheck {
  const { trusted, findings } = deps;
  const seen = new Map<number, OpenedCheckpoint[]>();
  let [lines, unreadable] = [0, 0];

  const differs = (opened: OpenedCheckpoint): void =>
    findings.add({
      kind: 'witness',
      seq: opened.size,
      detail: `a witness has seen another checkpoint of row ${opened.size}, of ${iso(opened.time)}`,
    });

  return {
    line(text) {
      if (text.trim() === '') return;
      lines += 1;
      const note = noteIn(text);
      const opened = note === undefined ? undefined : openCheckpoint(note, trusted);
      if (note === undefined) unreadable += 1;
      else if (opened === undefined) {
        findings.add({
          kind: 'witness',
          detail: `line ${lines} of a witness holds a checkpoint that none of the keys has signed`,
        });
      } else seen.set(opened.size, [...(seen.get(opened.size) ?? []), opened]);
    },
    checkpoint(opened) {
      for (const witnessed of seen.get(opened.size) ?? []) if (witnessed.note !== opened.note) differs(witnessed);
      seen.delete(opened.size);
    },
    end(size, from) {
      const left = [...seen.values()].flat();
      const furthest = Math.max(...left.map((opened) => opened.size));
      if (furthest > size) {
        const detail = `a witness has seen ${furthest} rows, and the record ends with row ${size}`;
        findings.add({ kind: 'cut-off', seq: size + 1, detail });
      }
      for (const opened of left) if (opened.size <= size && opened.size > from) differs(opened);
    },
    get lines() {
      return lines;
    },
    get unreadable() {
      return unreadable;
    },
  };
}

function noteIn(text: string): string | undefined {
  try {
    const { checkpoint } = JSON.parse(text) as { checkpoint?: unknown };
    return typeof checkpoint === 'string' ? checkpoint : undefined;
  } catch {
    return undefined;
  }
}
