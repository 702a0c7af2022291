import type { Claim, Row, Verdict } from "../types.js";
import { type Clause, demand } from "./clause.js";

/**
 * What a claim owes, on rows where it comes out as expected: it says so of them, the opposite of its `refuted` rows, and
 * nothing where nothing was measured.
 */
export function claimContract<R extends Row>(claim: Claim<R>, rows: readonly R[]): readonly Clause[] {
  const holds = claim.expected === "holds";
  return [
    {
      says: "has a kebab-case id, a sentence and a source",
      check() {
        const { id, says, source } = claim;
        demand(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id), `\`${id}\` is no name of small letters, digits and hyphens`);
        demand(
          /^[A-Z].*\.$/.test(says),
          `${JSON.stringify(says)} does not begin with a capital and end with a full stop`,
        );
        demand(
          source.paper !== "" && /^[A-Z][a-z]+ /.test(source.where),
          `${source.where} is no place such as "Section 3"`,
        );
      },
    },
    {
      says: "comes out as expected on its rows",
      check() {
        const verdict = claim.judge(rows);
        demand(verdict.holds === holds, `expected is ${claim.expected}, and it says ${told(verdict)}`);
        demand(verdict.rows > 0, "its verdict is over no rows");
      },
    },
    {
      says: "comes out otherwise on its refuted rows",
      check() {
        const verdict = claim.judge(claim.refuted(rows));
        demand(verdict.holds === !holds, `of the refuted rows it says ${told(verdict)}; allowed: holds ${!holds}`);
      },
    },
    {
      says: "is undecided over no rows",
      check() {
        const verdict = claim.judge([]);
        demand(
          verdict.holds === null && verdict.rows === 0,
          `of no rows it says ${told(verdict)}; allowed: holds null`,
        );
      },
    },
    {
      says: "never comes out as expected where what was measured is undefined",
      check() {
        const verdict = claim.judge(unmeasured(rows));
        demand(verdict.holds !== holds, `of rows without measured numbers it says ${told(verdict)}`);
      },
    },
  ];
}

/** The rows without their measured numbers: columns that hold no whole numbers, so that places such as a seed stay. */
function unmeasured<R extends Row>(rows: readonly R[]): R[] {
  const isMeasured = (value: Row[string]) => typeof value === "number" && !Number.isInteger(value);
  const columns = new Set(
    rows.flatMap((row) => Object.entries(row).flatMap(([column, value]) => (isMeasured(value) ? column : []))),
  );
  return rows.map((row) => {
    const entries = Object.entries(row).map(([column, value]) => [column, columns.has(column) ? null : value]);
    return { ...Object.fromEntries(entries), status: "undefined" } as R;
  });
}

function told({ holds, rows, why }: Verdict): string {
  return `holds ${holds} over ${rows} rows (${why})`;
}
