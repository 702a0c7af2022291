#!/usr/bin/env node
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { missingWays } from "../data/missing.js";
import { nearest } from "../names/nearest.js";
import { failure } from "./failure.js";
import { withLimitOptions } from "./limit-options.js";
import { withSlurmOptions } from "./slurm-options.js";

/** One command a file; each is loaded only when it is called, so that `--help` answers at once. */
const program = new Command("iclab")
  .description(
    "The in-context-learning laboratory: trains small attention models on synthetic prompts and puts what they " +
      "learned beside what theory says they should learn, with a verdict.",
  )
  .version((await import("../runner/package-root.js")).version)
  .showSuggestionAfterError()
  .configureOutput({ outputError: (text, write) => write(withChoiceMeant(text)) })
  .configureHelp({ sortSubcommands: false })
  .exitOverride();

const backend = () =>
  new Option("--backend <name>", "where models are trained")
    .choices(["auto", "webgpu", "cpu", "tfjs-webgpu", "tfjs-wasm", "tfjs-cpu"])
    .default("auto");
const seed = () =>
  new Option("--seed <n>", "base of every key: changes every number").argParser(wholeNumber).default(0);
const out = () => new Option("--out <dir>", "folder for rows, figures and the report").default("report");
const fresh = () =>
  new Option("--fresh", "compute everything again; without it, what is finished in the folder is kept").conflicts(
    "resume",
  );
const resume = () => new Option("--resume", "what happens anyway").hideHelp();
const retry = () => new Option("--retry", "compute cells again that failed in an earlier run");
const layout = () =>
  new Option("--layout <layout>", "what the tensors of a file from elsewhere are").choices([
    ...["merged", "factored", "softmax", "stack"],
  ]);
const mixerOptions = () =>
  new Option("--options <map>", "more options of the mixer, as a study writes them, '{ normalize: none }'");
const on = () => new Option("--on <place>", "compute in jobs of a cluster").choices(["slurm"]);
const use = () =>
  new Option("--use <file>", "a TypeScript file of your own units, which are known besides; repeat it").argParser(
    (file: string, before: readonly string[] = []) => [...before, file],
  );
const json = () => new Option("--json", "print one JSON document on stdout");

program
  .command("list")
  .description("every experiment, claim, law, mixer and predictor")
  .addOption(json())
  .addHelpText("after", "\nExample:\n  iclab list --json")
  .action(async (options) => (await import("./list.js")).list(options));

withSlurmOptions(withLimitOptions(program.command("reproduce")))
  .argument("<paper>", "an experiment's name (see `iclab list`) or `all`")
  .description("train, compare with theory, judge a paper's claims, write the report")
  .addOption(new Option("--scale <scale>", "how much to run").choices(["smoke", "full", "published"]).default("smoke"))
  .addOption(backend())
  .addOption(seed())
  .addOption(out())
  .addOption(fresh())
  .addOption(resume())
  .addOption(retry())
  .addOption(on())
  .addOption(new Option("--save", "also store the rows and figures in the experiments' own folders (for commits)"))
  .addOption(json())
  .addHelpText("after", "\nExample:\n  iclab reproduce all --scale smoke")
  .action(async (paper, options) => (await import("./reproduce.js")).reproduce(paper, options));

withSlurmOptions(withLimitOptions(program.command("run")))
  .argument("<study>", "a study file (YAML or .ts), or - for standard input")
  .description("run a study of your own: rows, verdicts, figures")
  .addOption(backend())
  .addOption(seed())
  .addOption(out())
  .addOption(fresh())
  .addOption(resume())
  .addOption(retry())
  .addOption(on())
  .addOption(json())
  .addHelpText("after", "\nExample:\n  iclab run study.yaml --out my-study")
  .action(async (study, options) => (await import("./run.js")).run(study, options));

program
  .command("plan")
  .argument("<study>", "a study file (YAML or .ts), or - for standard input")
  .description("what a study will take on this machine: trials, time, memory; nothing is written")
  .addOption(backend())
  .addOption(json())
  .addHelpText("after", "\nExample:\n  iclab plan study.yaml")
  .action(async (study, options) => (await import("./plan.js")).plan(study, options));

program
  .command("check")
  .argument("<files...>", "TypeScript files of your own laws, mixers, predictors or claims")
  .description("hold your own units to the contracts that iclab's are held to, and say what they break")
  .addOption(json())
  .addHelpText("after", "\nExample:\n  iclab check ./mine.ts")
  .action(async (files, options) => (await import("./check.js")).check(files, options));

program
  .command("identify")
  .argument("<weights>", "a .safetensors or .npz file: exported by iclab, or brought with a --layout")
  .description("which predictor a model is: the nearest, with its error, the next, and what cannot be told apart")
  .requiredOption(
    "--law <law>",
    "a law as a study writes it, '{ kind: gaussian-linear, features: 5 }', or a study file",
  )
  .option("--context <n>", "pairs in a prompt of training, where --law is no study file")
  .addOption(layout())
  .addOption(mixerOptions())
  .addOption(use())
  .addOption(new Option("--steps <n>", "most steps or layers of a predictor").argParser(wholeNumber).default(4))
  .addOption(
    new Option("--prompts <n>", "prompts of each law that distances are measured on")
      .argParser(wholeNumber)
      .default(500),
  )
  .addOption(seed())
  .addOption(json())
  .addHelpText(
    "after",
    "\nExample:\n  iclab identify weights.npz --layout merged --law '{ kind: gaussian-linear, features: 5 }' --context 20",
  )
  .action(async (weights, options) => (await import("./identify.js")).identify(weights, options));

program
  .command("predict")
  .argument("<weights>", "a .safetensors or .npz file: exported by iclab, or brought with a --layout")
  .description("a model's predictions on the prompts of a file, one a line")
  .requiredOption(
    "--prompts <file>",
    "x (batch, context, feature), y, query and maybe answer, length: .npz or .safetensors",
  )
  .addOption(layout())
  .addOption(mixerOptions())
  .addOption(use())
  .addOption(json())
  .addHelpText("after", "\nExample:\n  iclab predict weights.safetensors --prompts prompts.npz")
  .action(async (weights, options) => (await import("./predict.js")).predict(weights, options));

program
  .command("export")
  .argument("<study>", "a study file (YAML or .ts), or - for standard input")
  .description("train a study's models as `run` does and write their weights, as .safetensors and .npz")
  .option("--model <name>", "only this one")
  .addOption(backend())
  .addOption(seed())
  .addOption(new Option("--out <dir>", "folder for the files").default("weights"))
  .addOption(json())
  .addHelpText("after", "\nExample:\n  iclab export study.yaml --out weights")
  .action(async (study, options) => (await import("./export.js")).exportWeights(study, options));

program
  .command("forecast")
  .argument("<file>", "a series: csv, tsv, tsf or jsonl, gzipped or not, - for standard input, or `sunspots`, `lynx`")
  .description("a real series forecast by every predictor that needs no law: backtest, intervals, comparisons")
  .option("--column <name>", "the column's name, or its number from 1; needed where there are several")
  .option("--time <name>", "the column of times; the first that looks like one where left out")
  .addOption(new Option("--missing <way>", "what is done about missing values").choices(missingWays).default("refuse"))
  .option("--header", "the first row has names (told by its content where left out)")
  .option("--no-header", "the first row has values")
  .addOption(new Option("--horizon <n>", "steps ahead").argParser(numberFrom(1)).makeOptionMandatory())
  .addOption(new Option("--season <n>", "values in a season").argParser(numberFrom(1)).default(1))
  .addOption(
    new Option("--window <n>", "values that a prediction sees; by Akaike's criterion").argParser(numberFrom(1)),
  )
  .addOption(new Option("--split <share>", "share of the values before the first origin").argParser(share).default(0.8))
  .addOption(new Option("--origins <n>", "origins at most, the last ones").argParser(numberFrom(2)).default(200))
  .addOption(new Option("--seed <n>", "changes the resamples alone").argParser(wholeNumber).default(0))
  .addOption(json())
  .addHelpText("after", "\nExample:\n  iclab forecast sunspots --horizon 5 --season 11")
  .action(async (file, { header, ...options }, command) => {
    const told = command.getOptionValueSource("header") === "cli" ? { header } : {};
    await (await import("./forecast.js")).forecast(file, { ...options, ...told });
  });

program
  .command("report")
  .argument("[dir]", "folder of an earlier run", "report")
  .description("judge stored rows again and write the page; nothing is trained")
  .addOption(new Option("--open", "open the page in the browser"))
  .option("--watch", "write the page again as rows arrive, and have it load itself again, until Ctrl-C")
  .addHelpText("after", "\nExample:\n  iclab report report --watch --open")
  .action(async (dir, options) => (await import("./report.js")).report(dir, options));

program
  .command("rows")
  .argument("[dir]", "folder of an earlier run", "report")
  .description("the stored rows as CSV, Parquet or JSON, or what a query over the table `rows` makes of them")
  .option("--sql <query>", "a query in DuckDB's SQL")
  .option("--csv", "comma-separated values, where nothing else is said")
  .option("--parquet", "Parquet, with units and provenance in its metadata")
  .addOption(new Option("--json", "a list of objects"))
  .option("--out <file>", "a file in place of standard output")
  .addHelpText("after", "\nExample:\n  iclab rows report --sql 'SELECT name, avg(risk) FROM rows GROUP BY name'")
  .action(async (dir, options) => (await import("./rows.js")).rows(dir, options));

program
  .command("compact")
  .argument("[dir]", "folder of a run", "report")
  .description("put the finished cells of a folder into Parquet files; every command reads them there")
  .addOption(json())
  .addHelpText("after", "\nExample:\n  iclab compact report")
  .action(async (dir, options) => (await import("./compact.js")).compactFolder(dir, options));

program
  .command("diff")
  .argument("<here>", "folder of a run")
  .argument("<there>", "folder of another")
  .description("which rows of two folders differ by more than their error, and why they may")
  .addOption(json())
  .addHelpText("after", "\nExample:\n  iclab diff report report-on-the-cluster")
  .action(async (here, there, options) => (await import("./diff.js")).diff(here, there, options));

program
  .command("status")
  .argument("[dir]", "folder of a run", "report")
  .description("which cells are done, diverged, running, failed or pending, and who is at work")
  .option("--watch", "look again every two seconds until no run is at work")
  .addOption(json())
  .addHelpText("after", "\nExample:\n  iclab status report --watch")
  .action(async (dir, options) => (await import("./status.js")).status(dir, options));

withSlurmOptions(program.command("resume"))
  .argument("[dir]", "folder of a grid on Slurm", "report")
  .description("go on with a grid on Slurm: watch what runs, submit what is missing, judge, write the report")
  .addOption(retry())
  .addOption(json())
  .addHelpText("after", "\nExample:\n  iclab resume report --time 4:00:00")
  .action(async (dir, options) => (await import("./resume.js")).resume(dir, options));

program
  .command("cancel")
  .argument("[dir]", "folder of a grid on Slurm", "report")
  .description("end the jobs of a grid on Slurm; finished cells are kept")
  .addHelpText("after", "\nExample:\n  iclab cancel report")
  .action(async (dir) => (await import("./cancel.js")).cancel(dir));

program.command("worker", { hidden: true }).action(async () => (await import("./worker.js")).worker());

program
  .command("slurm-task", { hidden: true })
  .argument("<folder>", "a submission's folder")
  .argument("<index>", "the task's index in the job array", wholeNumber)
  .action(async (folder, index) => (await import("./slurm-task.js")).slurmTask(folder, index));

program
  .command("lab")
  .description("the browser lab: training beside theory, served on this machine alone")
  .addOption(
    new Option("--port <n>", "port on 127.0.0.1; 0 takes any that is free").argParser(wholeNumber).default(8127),
  )
  .addOption(new Option("--open", "open it in the browser"))
  .addHelpText("after", "\nExample:\n  iclab lab --open")
  .action(async (options) => (await import("./lab.js")).lab(options));

program
  .command("doctor")
  .description("which backends open on this machine, or why not, and what to install")
  .addOption(json())
  .addHelpText("after", "\nExample:\n  iclab doctor")
  .action(async (options) => (await import("./doctor.js")).doctor(options));

program
  .command("bench")
  .addArgument(
    new Argument(
      "[name]",
      "cpu: a step by everything that is here; gpu: the same on the GPU; published: a paper's whole training on the " +
        "GPU; tuning: layouts of the GPU's kernels; roofline: how far they are from a lower bound; scaling: cost by size; evaluation: risk at a million prompts; " +
        "store: what the machinery costs beside the computing; startup: starts of the command, and the size of an install",
    )
      .choices(["cpu", "gpu", "published", "tuning", "roofline", "scaling", "evaluation", "store", "startup"])
      .default("cpu"),
  )
  .description("how fast this machine trains, beside tfjs, plain loops, JAX and PyTorch where they are, and measures")
  .addOption(json())
  .addHelpText("after", "\nExample:\n  iclab bench cpu")
  .action(async (name, options) => (await import("./bench.js")).bench(name, options));

program
  .command("schema")
  .description("the study file's JSON Schema, for editors")
  .addOption(use())
  .addHelpText("after", "\nExample:\n  iclab schema > study.schema.json")
  .action(async (options) => (await import("./schema.js")).schema(options));

program
  .command("completion")
  .addArgument(new Argument("<shell>", "the shell that is to complete").choices(["bash", "zsh"]))
  .description("a script by which a shell completes commands, options, values, papers and files")
  .addHelpText("after", '\nExample, in ~/.bashrc:\n  eval "$(iclab completion bash)"')
  .action(async (shell) => (await import("./completion.js")).completion(shell, program));

// A reader that has seen enough (`| head`) is no failure: the run goes on to its own exit status.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  process.stderr.write(`${failure(error).message}\n`);
  process.exit(failure(error).status);
}

/** What was probably meant instead of a word that is none of an option's or argument's choices. */
function withChoiceMeant(text: string): string {
  const [, name, choices] =
    /'([^']*)' is invalid(?: for argument '[^']*')?\. Allowed choices are (.*)\./.exec(text) ?? [];
  const candidate = name === undefined ? undefined : nearest(name, choices!.split(", "));
  return candidate === undefined ? text : `${text}(Did you mean ${candidate}?)\n`;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError("Allowed is a whole number from 0 to 2^53 - 1.");
}

function numberFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Allowed is a whole number from ${least}.`);
  };
}

function share(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError("Allowed is a number above 0 and below 1.");
}
