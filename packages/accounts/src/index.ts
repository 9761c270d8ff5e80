export { type AccountSummary, Accounts, type ImportedAccount } from './accounts.ts';
export { emqxRights, emqxUsers, isEmqxText } from './emqx.ts';
export { ensureFirstAdmin } from './first-admin.ts';
export { type FirstAccount, firstAccount } from './io/first-account-file.ts';
export { hashSecret, isSecretOf } from './machine-secret.ts';
export { isMosquittoName, mosquittoPassword, mosquittoRights } from './mosquitto.ts';
export type { AccountsOptions } from './open-store.ts';
export { isBearableBcrypt } from './password-hash.ts';
export {
	type Home,
	type Integrator,
	nameless,
	type Person,
	type Principal,
	pagesAccount,
	type Role,
	roles,
} from './principal.ts';
export {
	type Filters,
	filtersOf,
	mayPublish,
	maySubscribe,
	type PrincipalRights,
	rightsOf,
	serviceNames,
} from './rules.ts';
export { type KnownAccount, serviceAccounts } from './service-accounts.ts';
export { SignInThrottle } from './sign-in-throttle.ts';
export type { AuthenticateResult, SignInResult } from './sign-ins.ts';
export { type ApiToken, migrations as accountMigrations } from './store.ts';
export { isToken, tokenLifeMs } from './tokens.ts';
