/** Tasks that a grid is cut into where nobody says how many cells a task is to have. */
const USUAL_TASKS = 100;

/**
 * Cells in order, cut into tasks of `chunk` cells, the last of which may have fewer; where no chunk is told, into a hundred
 * tasks at most. Neighbours stay together: they differ by a seed or a number, and may be trained in one launch.
 */
export function chunks<T>(cells: readonly T[], chunk = Math.ceil(cells.length / USUAL_TASKS)): T[][] {
  return Array.from({ length: Math.ceil(cells.length / chunk) }, (_, i) => cells.slice(chunk * i, chunk * (i + 1)));
}
