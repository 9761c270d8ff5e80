/** Who there is and what a service's secret is compared with, without the accounts themselves and their file. */
export { hashSecret } from './machine-secret.ts';
export { roles } from './principal.ts';
export { serviceNames } from './rules.ts';
