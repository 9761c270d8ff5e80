import { options, render } from 'preact';
import { start } from './app/controller.ts';
import { App } from './views/app.tsx';

// Many messages may come between two frames: what they change is drawn once, with the next.
options.debounceRendering = requestAnimationFrame;
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
start();
