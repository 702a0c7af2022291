/** Slurm cannot do it: it is not here, does not answer, or lost the work. The command line ends with status 3. */
export class SlurmError extends Error {}

/** Slurm was asked for what it does not have: a partition, a resource, a limit. The command line ends with status 2. */
export class SlurmRefusal extends Error {}
