/** The device that training runs on has gone and does not come back. The command line ends with status 3. */
export class DeviceError extends Error {}
