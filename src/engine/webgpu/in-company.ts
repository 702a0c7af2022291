import type { OpenWebgpu } from "./backend.js";

/**
 * The same engine, with layouts as for this many models however many are trained: a trial's sums are then made in one
 * order, and its weights are the same bit for bit, alone and in any company.
 */
export function inCompany(backend: OpenWebgpu, company: number): OpenWebgpu {
  const plan: OpenWebgpu["plan"] = (request) => backend.plan({ ...request, company });
  return Object.create(backend, { plan: { value: plan } }) as OpenWebgpu;
}
