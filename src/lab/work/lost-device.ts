/** Milliseconds in which a device that failed tells that it is lost; what went wrong on it may be told first. */
const PATIENCE = 300;

/** Whether a device is lost. */
export async function lostDevice(device: GPUDevice): Promise<boolean> {
  const lost = device.lost.then(() => true);
  const not = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), PATIENCE));
  return Promise.race([lost, not]);
}
