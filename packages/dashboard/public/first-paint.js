// Runs before the first paint: a chosen theme and language must not flash.
try {
	const chosen = JSON.parse(localStorage.getItem('pilotwire.preferences') ?? '{}');
	if (chosen.theme === 'light' || chosen.theme === 'dark') document.documentElement.dataset.theme = chosen.theme;
	if (chosen.language === 'fr' || chosen.language === 'en') document.documentElement.lang = chosen.language;
} catch {
	// Storage may be closed to us: then the device's own settings hold.
}
