// The dashboard in a browser, against a running house: by role and label, waiting for what shows and for nothing else.
import { ordersAndLoad } from './orders.ts';
import { screens } from './screens.ts';
import { sessionsAndNetworks } from './sessions.ts';
import { setStage } from './stage.ts';

describe('the dashboard in a browser', function () {
	this.timeout(60_000);
	const stage = setStage();
	ordersAndLoad(stage);
	screens(stage);
	sessionsAndNetworks(stage);
});
