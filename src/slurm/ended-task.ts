import { existsSync, readFileSync } from "node:fs";
import type { QueuedTask } from "./queue.js";
import { logOf, type StoredSubmission } from "./submission.js";

/** A task that is no longer in the queue while cells of it have no rows. */
export interface EndedTask {
  readonly submission: StoredSubmission;
  readonly index: number;
  /** What the queue still knows of it: nothing some minutes after its end. */
  readonly last: QueuedTask | undefined;
  readonly missing: number;
}

/** What takes a task away without its fault. */
const LOSSES = ["NODE_FAIL", "BOOT_FAIL", "PREEMPTED", "REVOKED"];

/** How often in a row a cell may be lost with its task. */
const MOST_LOSSES = 3;

/**
 * Whether the missing cells of an ended task are worth another one: not where it was cancelled; where it was lost (or
 * nobody knows any more how it ended), unless they were lost too often; else where it brought rows of others: then it was
 * its time limit or a single bad cell that ended it, and there is less to do each time.
 *
 * @param losses times in a row that the cells were lost before
 */
export function isWorthAnother({ submission, index, last, missing }: EndedTask, losses: number): boolean {
  const words = last?.words ?? [];
  if (words.includes("CANCELLED")) return false;
  if (missing < submission.tasks[index]!.length) return true;
  return (words.length === 0 || words.includes("COMPLETED") || isLost(words)) && losses < MOST_LOSSES;
}

/** How a task ended, in one sentence with the last line of its log, which says nothing where the node was lost. */
export function endSentence({ submission, index, last, missing }: EndedTask): string {
  const where = last?.node ? ` on ${last.node}` : "";
  const how = [...(last?.words ?? []), ...(last?.reason ? [last.reason] : [])].join(", ") || "nobody knows how";
  const log = isLost(last?.words ?? []) ? "" : told(submission.folder, index, last !== undefined);
  const what = `task ${index}${last ? ` of job ${last.job}` : ""} ended${where} (${how}) without the rows of ${missing}`;
  return `${what} ${missing === 1 ? "cell" : "cells"}${log}`;
}

function told(folder: string, index: number, isKnown: boolean): string {
  const log = logOf(folder, index);
  if (!existsSync(log))
    return isKnown ? `; it left no log: ${folder} is not there on that node, or cannot be written there` : "";
  const line = readFileSync(log, "utf8").trimEnd().split("\n").at(-1);
  return line ? `: ${line} (${log})` : `; its log is empty (${log})`;
}

function isLost(words: readonly string[]): boolean {
  return words.some((word) => LOSSES.includes(word));
}
