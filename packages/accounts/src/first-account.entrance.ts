/** The account that the first start made, for whoever shows it, without the accounts themselves. */
export { firstAccount } from './io/first-account-file.ts';
