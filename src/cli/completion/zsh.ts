import type { Completable, Takes } from "./completable.js";

/** A script that completes `iclab` in zsh 5, to be evaluated after compinit or kept as _iclab in a folder of fpath. */
export function zshCompletion(commands: readonly Completable[], version: string): string {
  const names = commands.map(({ name, says }) => `    ${quoted(`${name}:${says.replaceAll(":", "\\:")}`)}`);
  const cases = commands.map(({ name, options, takes }) => {
    const specs = [
      ...options.map(spec),
      ...takes.map((one, i) => quoted(`${i === takes.length - 1 ? "*" : i + 1}:${name}${action(one)}`)),
    ];
    return `    ${name})\n      _arguments ${specs.join(" \\\n        ")}\n      ;;`;
  });
  return `#compdef iclab
# Completion of iclab ${version} in zsh. In ~/.zshrc, after compinit: eval "$(iclab completion zsh)"
_iclab() {
  local -a commands
  commands=(
${names.join("\n")}
    'help:what a command does'
  )
  if (( CURRENT == 2 )); then
    if [[ $PREFIX == -* ]]; then
      _arguments '--help[what iclab does]' '--version[its version]'
    else
      _describe command commands
    fi
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
    help) _describe command commands ;;
  esac
}
if [[ $funcstack[1] == _iclab ]]; then _iclab "$@"; else compdef _iclab iclab; fi
`;
}

function spec({ name, says, takes }: Completable["options"][number]): string {
  const value = takes === null ? "" : `:value${action(takes)}`;
  return quoted(`${name}[${says.replaceAll(/[[\]\\]/g, "\\$&")}]${value}`);
}

function action(takes: Takes): string {
  if (takes === "file") return ":_files";
  if (takes === "folder") return ":_files -/";
  return takes === "value" ? ": " : `:(${takes.join(" ")})`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
