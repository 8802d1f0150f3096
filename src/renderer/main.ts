import { mount } from 'svelte';
import App from './App.svelte';
import { connect } from './rpc/connect';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/layout.css';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no element with the id "app"');
mount(App, { target, props: { client: connect() } });
