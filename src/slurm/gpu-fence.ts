/**
 * Shell that ends in `exec "$@"` with only the task's own GPUs to be opened. Slurm tells CUDA which ones these are, but
 * Vulkan, and with it Dawn, takes the first of all that it can open, whatever CUDA_VISIBLE_DEVICES says: on a node of two
 * H100, two tasks would share one. Where Slurm itself keeps the others away (ConstrainDevices in cgroup.conf) there is
 * nothing to do; elsewhere they are hidden behind /dev/null in a mount namespace of the task, which needs no root where
 * users may make namespaces. Knows NVIDIA's device files, numbered as Slurm numbers its GPUs; hides nothing else.
 *
 * @param devices what device files begin with
 * @param remedy what there is to be done where they cannot be hidden
 */
export function gpuFence(devices = "/dev/nvidia", remedy = SLURM_HAS_TO): string {
  return `\
# Vulkan takes any GPU that it can open: those of other tasks are hidden from this one, unless Slurm does so.
given="\${SLURM_JOB_GPUS:-$CUDA_VISIBLE_DEVICES}" hidden= seen=0
for gpu in ${devices}[0-9]*; do
  (: <"$gpu") 2>/dev/null || continue
  seen=$((seen + 1))
  case ",$given," in
    ,, | *",\${gpu#${devices}},"*) ;;
    *) hidden="$hidden $gpu" ;;
  esac
done
if [ -z "$given" ] && [ "$seen" -gt "\${SLURM_GPUS_ON_NODE:-$seen}" ]; then
  echo "this task has $SLURM_GPUS_ON_NODE of $seen GPUs, and Slurm does not say which: gres.conf names no device files"
  exit 3
fi
if [ -n "$hidden" ]; then
  own="--mount"
  [ "$(id -u)" = 0 ] || own="--user --map-root-user --mount"
  unshare $own true || {
    echo "this task has GPU $given, can open$hidden too, and may not hide them:" \\
      "${remedy}"
    exit 3
  }
  exec unshare $own sh -c 'for gpu in '"$hidden"'; do mount --bind /dev/null "$gpu" || exit 3; done; exec "$@"' sh "$@"
fi
exec "$@"`;
}

const SLURM_HAS_TO = "Slurm has to (ConstrainDevices in cgroup.conf), or ask for whole nodes (--sbatch=--exclusive)";
