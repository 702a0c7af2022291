import { readdirSync } from "node:fs";
import type { Argument, Command, Option } from "commander";
import { experimentsCode } from "../runner/package-root.js";
import { bashCompletion } from "./completion/bash.js";
import type { Completable, Takes } from "./completion/completable.js";
import { zshCompletion } from "./completion/zsh.js";

const shells = { bash: bashCompletion, zsh: zshCompletion } as const;

/** `iclab completion`: a script by which a shell completes commands, options, their values, papers, files and folders. */
export function completion(shell: keyof typeof shells, program: Command): void {
  const commands = program.createHelp().visibleCommands(program);
  process.stdout.write(shells[shell](commands.map(completable), program.version()!));
}

function completable(command: Command): Completable {
  const options = command.createHelp().visibleOptions(command);
  return {
    name: command.name(),
    says: command.description(),
    options: options.map(({ long, description, ...option }) => ({
      name: long!,
      says: description,
      takes: option.required || option.optional ? taken(option) : null,
    })),
    takes: command.registeredArguments.map(taken),
  };
}

const FOLDERS = ["dir", "here", "there"];
const FILES = ["file", "files", "study", "weights"];

/** What stands in the place of an argument, or of an option's value, by what it is called. */
function taken(of: Pick<Option, "argChoices" | "flags"> | Argument): Takes {
  if (of.argChoices) return of.argChoices;
  const name = "flags" in of ? /[<[]([\w-]+)/.exec(of.flags)?.[1] : of.name();
  if (FOLDERS.includes(name!)) return "folder";
  if (FILES.includes(name!)) return "file";
  return name === "paper" ? ["all", ...readdirSync(experimentsCode).filter((entry) => !entry.includes("."))] : "value";
}
