import type { Backend, BackendName, OpenTfjs, Tf } from "../types.js";

/** What is known of a tfjs backend once the module that registers it has been loaded. */
export interface Loaded {
  /** True where a GPU is emulated on the CPU. */
  readonly software: boolean;
  /** What runs underneath; asked after the backend has started. */
  adapter(): string;
  /** Gives back what lies under tfjs's own backend. */
  release(): void;
}

/** One of tfjs's backends: our name for it, tfjs's, and the import that registers it (or the sentence why it cannot). */
export interface TfjsBackend {
  readonly name: BackendName;
  readonly registered: "cpu" | "wasm" | "webgpu";
  load(tf: Tf): Promise<Loaded | string>;
}

type Started = Omit<OpenTfjs, "close"> & { stop(): void };

interface Session {
  readonly name: BackendName;
  readonly started: Promise<Started | string>;
  users: number;
}

/** tfjs has one current backend in the whole process: whoever opened one holds tfjs until the last `close`. */
let session: Session | null = null;

async function start({ name, registered, load }: TfjsBackend): Promise<Started | string> {
  try {
    const tf: Tf = await import("@tensorflow/tfjs");
    // Silences tfjs's advertisement for its native Node package, printed at the first tensor.
    tf.enableProdMode();
    const loaded = await load(tf);
    if (typeof loaded === "string") return loaded;
    const factory = tf.findBackendFactory(registered);
    if (!(await tf.setBackend(registered))) {
      loaded.release();
      return `${name} does not start: tfjs could not initialise its ${registered} backend`;
    }
    const device = (tf.backend() as { readonly device?: GPUDevice }).device;
    const stop = (): void => {
      // Removing disposes of the backend's memory; its factory is put back so that it can open again.
      tf.removeBackend(registered);
      tf.registerBackend(registered, factory);
      // tfjs leaves its GPU device alive.
      device?.destroy();
      loaded.release();
    };
    // Every tfjs backend computes in float32.
    return { name, adapter: loaded.adapter(), software: loaded.software, roundoff: 2 ** -24, tf, stop };
  } catch (error) {
    return `${name} does not start: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * A `Backend` around one of tfjs's. tfjs itself is imported at the first `open`, because its half second would be
 * paid by commands that train nothing. Opening the backend that is open already shares it; opening another one
 * meanwhile gives a sentence, since tfjs would silently move both users to the newer one.
 */
export function tfjsBackend(kind: TfjsBackend): Backend<OpenTfjs> {
  const { name } = kind;
  return {
    name,
    async open() {
      if (session !== null && session.name !== name)
        return `${name} cannot open while ${session.name} is open: tfjs computes on one backend at a time`;
      session ??= { name, started: start(kind), users: 0 };
      const mine = session;
      mine.users += 1;
      const started = await mine.started;
      if (typeof started === "string") {
        if (session === mine) session = null;
        return started;
      }
      const { stop, ...opened } = started;
      let open = true;
      const close = async (): Promise<void> => {
        if (!open) return;
        open = false;
        mine.users -= 1;
        if (mine.users > 0) return;
        stop();
        session = null;
      };
      return { ...opened, close };
    },
  };
}
