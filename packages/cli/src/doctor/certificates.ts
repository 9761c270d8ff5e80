import { type Finding, ok, unsure, wrong } from './finding.ts';

/** A certificate that the house shows to others. */
export interface CertificateFacts {
	readonly file: string;
	/** Why it, or its key, can't be used; then nothing else is known. */
	readonly problem?: string;
	/** Wall clock, ms. */
	readonly fromMs?: number;
	readonly untilMs?: number;
}

/** How the broker's own is renewed. */
const OWN =
	'sudo certbot renew, and see that its files get to broker.tls (docs/guides/https.md): the broker takes them up';
/** How the one that nginx shows is renewed. */
export const SHOWN = 'sudo certbot renew says what fails; then sudo nginx -s reload (docs/guides/https.md, "Renewal")';

const SOON_DAYS = 14;
const DAY_MS = 86_400_000;

/** Whether clients still trust it, at `wallMs`. `renew`: what to type so that it goes on. */
export function judgeCertificate(
	{ file, problem, fromMs = 0, untilMs = 0 }: CertificateFacts,
	wallMs: number,
	renew = OWN,
): Finding {
	if (problem !== undefined) {
		return wrong(
			'CERTIFICATE_UNUSABLE',
			'certificate',
			`${file}: ${problem}`,
			'correct broker.tls in the configuration, or the rights of its files',
		);
	}
	const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
	if (wallMs >= untilMs) return wrong('CERTIFICATE_ENDED', 'certificate', `${file} ended on ${day(untilMs)}`, renew);
	if (wallMs < fromMs) {
		return wrong(
			'CERTIFICATE_NOT_YET',
			'certificate',
			`${file} begins on ${day(fromMs)}, after today's date here`,
			'set the clock: see above',
		);
	}
	const days = Math.floor((untilMs - wallMs) / DAY_MS);
	const found = `${file} ends in ${days} days`;
	return days < SOON_DAYS ? unsure('CERTIFICATE_ENDS_SOON', 'certificate', found, renew) : ok('certificate', found);
}
