export { branchEarliestTripS } from './branch.ts';
export {
	type LinkyFilter,
	linkyFilterBound,
	linkyMargin,
	linkyOpens,
	linkyTimeToTripS,
	phaseReferenceVA,
	stepLinkyFilter,
} from './linky.ts';
