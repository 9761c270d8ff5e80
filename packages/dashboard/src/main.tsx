import { render } from 'preact';
import { start } from './app/controller.ts';
import { drawByFrames } from './io/drawing.ts';
import { App } from './views/app.tsx';

drawByFrames();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
start();
