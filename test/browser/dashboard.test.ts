// The dashboard in a browser, against a running house: by role and label, waiting for what shows and for nothing else.
import { costs } from './costs.ts';
import { atAGlance } from './glance.ts';
import { newerPages } from './newer-page.ts';
import { ordersAndLoad } from './orders.ts';
import { thePast } from './past.ts';
import { rushOfMessages } from './rush.ts';
import { screens } from './screens.ts';
import { sessionsAndNetworks } from './sessions.ts';
import { setStage } from './stage.ts';
import { touches } from './touch.ts';

describe('the dashboard in a browser', function () {
	this.timeout(150_000);
	const stage = setStage();
	ordersAndLoad(stage);
	thePast(stage);
	atAGlance(stage);
	screens(stage);
	costs(stage);
	sessionsAndNetworks(stage);
	newerPages(stage);
	touches(stage);
	rushOfMessages(stage);
});
