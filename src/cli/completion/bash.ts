import type { Completable, Takes } from "./completable.js";

/** A script that completes `iclab` in bash 4 and later. */
export function bashCompletion(commands: readonly Completable[], version: string): string {
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap((option) => (option.takes ? `    "${name} ${option.name}") ${offering(option.takes)} ;;` : [])),
  );
  const words = commands.map(({ name, options }) => {
    return `      ${name}) _iclab_words ${options.map((option) => option.name).join(" ")} ;;`;
  });
  const places = commands.flatMap(({ name, takes }) =>
    takes.length > 0 ? `    ${name}) ${offering(takes.at(-1)!)} ;;` : [],
  );
  const names = commands.map(({ name }) => name).join(" ");
  return `# Completion of iclab ${version} in bash. In ~/.bashrc: eval "$(iclab completion bash)"
_iclab_words() { COMPREPLY=($(compgen -W "$*" -- "$word")); }
_iclab_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$word"); }
_iclab_folders() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$word"); }
_iclab() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command= i
  COMPREPLY=()
  # bash parts --backend=cpu into three words.
  if [[ $word == = ]]; then word=; elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then command=\${COMP_WORDS[i]}; break; fi
  done
  case "$command $before" in
${values.join("\n")}
    *) _iclab_places ;;
  esac
}
_iclab_places() {
  if [[ $word == -* ]]; then
    case $command in
${words.join("\n")}
      *) _iclab_words --help --version ;;
    esac
    return
  fi
  case $command in
    "" | help) _iclab_words ${names} help ;;
${places.join("\n")}
  esac
}
complete -F _iclab iclab
`;
}

function offering(takes: Takes): string {
  if (takes === "file") return "_iclab_files";
  if (takes === "folder") return "_iclab_folders";
  return takes === "value" ? ":" : `_iclab_words ${takes.join(" ")}`;
}
