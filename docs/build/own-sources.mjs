import { Converter } from "typedoc";

/** A plugin of typedoc: what is inherited from the language's own types names no place in a library's files. */
export function load(app) {
  const last = -1000;
  app.converter.on(
    Converter.EVENT_RESOLVE_END,
    ({ project }) => {
      for (const reflection of Object.values(project.reflections)) {
        const own = reflection.sources?.filter(({ fileName }) => !fileName.startsWith(".."));
        if (own?.length) reflection.sources = own;
        else delete reflection.sources;
      }
    },
    last,
  );
}
