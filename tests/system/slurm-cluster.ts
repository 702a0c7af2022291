import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

/** Seconds that a cluster may take to be up: on a machine with nothing else to do it is two. */
const PATIENCE = 60;

/** Nodes of a cluster, each with two processors and two GPUs, which are no more than devices' names. */
const NODES = ["n1", "n2"] as const;
type Node = (typeof NODES)[number];

/**
 * A Slurm of its own on the loopback interface: munged, slurmctld and two slurmd as children of this process, with their
 * settings, keys, state and logs in one folder, and free ports. No service, no cgroups, nothing of it is left behind.
 * Partition `main` has both nodes, `far` the second alone; a node that is silent for 5 s is down.
 *
 * The second node has a disk of its own in `<folder>/far`, which hides what others have there.
 */
export class SlurmCluster {
  private readonly folder = mkdtempSync(join(tmpdir(), "iclab-slurm-"));
  private missing: string | undefined;
  private readonly children = new Map<string, ChildProcess>();

  private constructor() {}

  /** A folder that every node sees, though each its own. */
  get far(): string {
    return join(this.folder, "far");
  }

  /** What a process needs to find this Slurm. */
  get environment(): Record<string, string> {
    return { SLURM_CONF: join(this.folder, "slurm.conf") };
  }

  /** Starts one. @throws Error where Slurm is missing, or is not up in time */
  static async start(): Promise<SlurmCluster> {
    const cluster = new SlurmCluster();
    try {
      await cluster.begin();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  private async begin(): Promise<void> {
    const { folder } = this;
    await this.configure();
    const key = join(folder, "munge.key");
    const munge = ["key-file", "socket", "pid-file", "log-file", "seed-file"].map((name) => `--${name}`);
    const files = [key, ...["socket", "pid", "log", "seed"].map((name) => join(folder, `munge.${name}`))];
    this.spawn("munged", ["--foreground", ...munge.flatMap((option, i) => [option, files[i]!])]);
    this.spawn("slurmctld", ["-D", "-c"]);
    for (const node of NODES) this.up(node);
    await this.until("both nodes are idle", () => this.states().filter((state) => state === "idle").length === 2);
  }

  /** Starts a node's daemon, in a mount namespace that only the node's processes have. */
  up(node: Node): void {
    const own = node === "n2" ? `mount -t tmpfs tmpfs '${this.far}' && ` : "";
    this.spawn(node, ["--mount", "sh", "-c", `${own}exec slurmd -D -N ${node}`], "unshare");
  }

  /** A node as a lost one is: its daemon, its tasks and what they started are killed. */
  lose(node: Node): void {
    for (const pid of this.processes(node)) process.kill(pid, "SIGKILL");
  }

  /** Stops a node's tasks where they are, or has them go on: what they do is then not a question of when one looks. */
  signal(node: Node, signal: "SIGSTOP" | "SIGCONT"): void {
    for (const pid of this.processes(node)) if (programOf(pid) === process.execPath) process.kill(pid, signal);
  }

  private processes(node: Node): number[] {
    const namespace = namespaceOf(this.children.get(node)!.pid!);
    const all = readdirSync("/proc").map(Number);
    return all.filter((pid) => pid > 0 && namespaceOf(pid) === namespace);
  }

  /** Runs one of Slurm's commands. */
  slurm(program: string, ...words: string[]): string {
    const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: "utf8", env: this.surroundings() });
    if (status !== 0) throw new Error(`${program} ${words.join(" ")}: ${error?.message ?? stderr}`);
    return stdout.trim();
  }

  /** Ends the daemons, and with them whatever they started. */
  async stop(): Promise<void> {
    const running = [...this.children].filter(
      ([, { pid, exitCode, signalCode }]) => pid && (exitCode ?? signalCode) === null,
    );
    const ended = running.map(([, child]) => new Promise((resolve) => child.once("close", resolve)));
    for (const [name, child] of running) {
      if (name === "n1" || name === "n2") this.lose(name);
      else child.kill("SIGKILL");
    }
    await Promise.all(ended);
    rmSync(this.folder, { recursive: true });
  }

  /** Waits until something holds. @throws Error with the ends of the logs */
  async until(what: string, holds: () => boolean): Promise<void> {
    const end = Date.now() + 1000 * PATIENCE;
    while (!holds()) {
      if (this.missing !== undefined) throw new Error(this.missing);
      if (Date.now() > end) throw new Error(`not in ${PATIENCE} s: ${what}\n${this.logs()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** `idle`, `down` and the like, a word a node. */
  states(): string[] {
    const { stdout } = spawnSync("sinfo", ["--noheader", "--Node", "--partition=main", "--format=%T"], {
      encoding: "utf8",
      env: this.surroundings(),
    });
    return stdout.trim().split("\n");
  }

  private async configure(): Promise<void> {
    const { folder } = this;
    for (const name of ["state", "spool.n1", "spool.n2", "far"]) mkdirSync(join(folder, name), { recursive: true });
    // munged takes no key, and slurmd no socket, that others could have put there.
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "munge.key"), randomBytes(1024), { mode: 0o400 });
    const ports = await freePorts(3);
    // Slurm takes devices only, and says of each task which are its own.
    for (const node of NODES)
      for (const gpu of [0, 1]) symlinkSync(gpu === 0 ? "/dev/null" : "/dev/zero", join(folder, `${node}.gpu${gpu}`));
    const gpus = NODES.map((node) => `NodeName=${node} Name=gpu File=${join(folder, `${node}.gpu[0-1]`)}\n`);
    writeFileSync(join(folder, "gres.conf"), gpus.join(""));
    writeFileSync(join(folder, "slurm.conf"), configuration(folder, ports));
  }

  private spawn(name: string, words: readonly string[], program = name): void {
    const child = spawn(program, words, { stdio: "ignore", env: this.surroundings() });
    child.on("error", ({ message }) => {
      this.missing = `${program} does not start, tests/system/setup.sh installs it: ${message}`;
    });
    this.children.set(name, child);
  }

  private surroundings(): NodeJS.ProcessEnv {
    // Debian has the daemons where only root looks for them.
    return { ...process.env, ...this.environment, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  }

  private logs(): string {
    const files = readdirSync(this.folder).filter((file) => file.endsWith(".log"));
    return files.map((file) => `${file}:\n${readFileSync(join(this.folder, file), "utf8").slice(-1500)}`).join("\n");
  }
}

function configuration(folder: string, [controller, first, second]: readonly number[]): string {
  const host = hostname().split(".")[0];
  const user = process.env.USER ?? "root";
  const nodes = NODES.map((node, i) => {
    const where = `NodeHostname=${host} NodeAddr=127.0.0.1 Port=${[first, second][i]}`;
    return `NodeName=${node} ${where} CPUs=2 Gres=gpu:2 State=UNKNOWN`;
  });
  return `${[
    "ClusterName=iclab",
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmctldPort=${controller}`,
    `SlurmUser=${user}`,
    `SlurmdUser=${user}`,
    "AuthType=auth/munge",
    // A task of a lost node is begun again when its credential is over.
    `AuthInfo=socket=${folder}/munge.socket,cred_expire=5`,
    "CredType=cred/munge",
    `StateSaveLocation=${folder}/state`,
    `SlurmdSpoolDir=${folder}/spool.%n`,
    `SlurmctldPidFile=${folder}/slurmctld.pid`,
    `SlurmdPidFile=${folder}/slurmd.%n.pid`,
    `SlurmctldLogFile=${folder}/slurmctld.log`,
    `SlurmdLogFile=${folder}/slurmd.%n.log`,
    "ProctrackType=proctrack/linuxproc",
    "TaskPlugin=task/none",
    "JobAcctGatherType=jobacct_gather/none",
    "AccountingStorageType=accounting_storage/none",
    "MpiDefault=none",
    "SwitchType=switch/none",
    "ReturnToService=2",
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_Core",
    "SlurmdParameters=config_overrides",
    "SchedulerType=sched/backfill",
    "SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=1,sched_min_interval=0",
    // How soon a silent node is noticed; with Slurm's own timeouts it takes half a minute.
    "SlurmdTimeout=5",
    "MessageTimeout=3",
    "TCPTimeout=2",
    "InactiveLimit=0",
    "KillWait=2",
    "MaxArraySize=6",
    "GresTypes=gpu",
    ...nodes,
    "PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP",
    "PartitionName=far Nodes=n2 MaxTime=INFINITE State=UP",
  ].join("\n")}\n`;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once("listening", resolve))));
  const ports = servers.map((server) => (server.address() as { readonly port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A process's mount namespace, or the program that it runs; "" where the process is gone. */
const namespaceOf = (pid: number): string => linkOf(`/proc/${pid}/ns/mnt`);
const programOf = (pid: number): string => linkOf(`/proc/${pid}/exe`);

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
