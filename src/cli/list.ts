import { loadCatalogue, loadExperiments } from "../runner/catalogue.js";

/** `iclab list`: every experiment with its claims, every law, mixer and predictor. */
export async function list({ json }: { readonly json?: boolean }): Promise<void> {
  const [catalogue, experiments] = await Promise.all([loadCatalogue(), loadExperiments()]);
  const units = (kind: "laws" | "mixers" | "predictors") =>
    [...catalogue[kind].values()].map(({ name, says }) => ({ name, says }));
  const listed = {
    experiments: [...experiments].map(([id, { paper, question, claims }]) => ({
      id,
      title: paper.title,
      authors: paper.authors,
      year: paper.year,
      arxiv: paper.arxiv,
      question,
      claims: claims.map((claim) => ({ id: claim.id, says: claim.says, expected: claim.expected })),
    })),
    laws: units("laws"),
    mixers: units("mixers"),
    predictors: units("predictors"),
  };
  process.stdout.write(json ? `${JSON.stringify(listed, null, 2)}\n` : asText(listed));
}

interface Listed {
  readonly experiments: readonly {
    readonly id: string;
    readonly title: string;
    readonly authors: string;
    readonly year: number;
    readonly claims: readonly { readonly id: string; readonly says: string }[];
  }[];
  readonly laws: readonly Named[];
  readonly mixers: readonly Named[];
  readonly predictors: readonly Named[];
}

interface Named {
  readonly name: string;
  readonly says: string;
}

function asText({ experiments, ...units }: Listed): string {
  const papers = experiments.map(({ id, title, authors, year, claims }) =>
    [
      `  ${id}`,
      `    ${title} (${authors}, ${year})`,
      ...claims.map((claim) => `    - ${claim.id}: ${claim.says}`),
    ].join("\n"),
  );
  const rooms = Object.entries(units).map(([room, members]: [string, readonly Named[]]) => {
    const width = Math.max(...members.map(({ name }) => name.length));
    return [room, ...members.map(({ name, says }) => `  ${name.padEnd(width)}  ${says}`)].join("\n");
  });
  return `${["experiments", ...papers, ...rooms].join("\n")}\n`;
}
