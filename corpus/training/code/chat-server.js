'use strict';

/**
 * Chat server and the browser code that talks to it.
 * @module chat
 */

const fs = require('fs');
const path = require('path');
const http = require('http');
const { promisify } = require('util');
const EventEmitter = require('events');
const express = require('express');
const bodyParser = require('body-parser');

const readFile = promisify(fs.readFile);
const PORT = process.env.PORT || 3000;
const MAX_HISTORY = 100;

class Room extends EventEmitter {
  constructor(name, options = {}) {
    super();
    this.name = name;
    this.members = new Map();
    this.history = [];
    this.options = Object.assign({ limit: 50, isPrivate: false }, options);
  }

  get size() {
    return this.members.size;
  }

  join(user) {
    if (this.members.has(user.id)) {
      throw new Error(`User ${user.name} is already in room ${this.name}`);
    }
    this.members.set(user.id, user);
    this.emit('join', user);
    return this;
  }

  say(user, text) {
    const message = { from: user.name, text: text.trim(), at: Date.now() };
    this.history.push(message);
    if (this.history.length > MAX_HISTORY) {
      this.history.shift();
    }
    this.emit('message', message);
  }

  toJSON() {
    const { name, size } = this;
    return { name, size, last: this.history.slice(-1)[0] || null };
  }
}

const rooms = {};
const app = express();

app.use(bodyParser.json());
app.use(express.static(path.join(__dirname, 'public')));

app.get('/rooms', (req, res) => {
  const list = Object.keys(rooms)
    .map(key => rooms[key])
    .filter(room => !room.options.isPrivate)
    .sort((a, b) => b.size - a.size);
  res.json(list);
});

app.post('/rooms/:name', async (req, res, next) => {
  try {
    const { name } = req.params;
    if (rooms[name] !== undefined) {
      return res.status(409).json({ error: 'Room already exists' });
    }
    rooms[name] = new Room(name, req.body);
    rooms[name].on('message', msg => console.log('[%s] %s: %s', name, msg.from, msg.text));
    const motd = await readFile(path.resolve('motd.txt'), 'utf8');
    res.status(201).send({ ok: true, motd });
  } catch (err) {
    next(err);
  }
});

app.use(function (err, req, res, next) {
  console.error(err.stack);
  res.status(500).end('Internal Server Error');
});

http.createServer(app).listen(PORT, () => {
  console.log(`Listening on http://localhost:${PORT}/`);
});

process.on('unhandledRejection', (reason) => {
  console.error('Unhandled rejection:', reason);
  process.exit(1);
});

module.exports = { app, Room };

// ----- browser side, older style -------------------------------------------

(function ($, window, document, undefined) {
	var counter = 0;
	var $list = $('#messages');

	function escapeHtml(str) {
		return String(str).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
	}

	function addMessage(data) {
		var li = document.createElement('li');
		li.className = 'message' + (counter++ % 2 === 0 ? ' even' : ' odd');
		li.innerHTML = '<b>' + escapeHtml(data.from) + '</b>: ' + escapeHtml(data.text);
		$list.append(li);
		li.scrollIntoView(false);
	}

	$(document).ready(function () {
		$('#send').on('click', function (e) {
			e.preventDefault();
			var text = $('#text').val();
			if (!text) {
				alert('Please type a message!');
				return false;
			}
			$.ajax({
				url: '/say',
				type: 'POST',
				dataType: 'json',
				data: { text: text, room: window.location.hash.substr(1) },
				success: addMessage,
				error: function (xhr, status) {
					window.console && console.log('request failed: ' + status);
				}
			});
		});

		window.setInterval(function () {
			var xhr = new XMLHttpRequest();
			xhr.open('GET', '/poll?since=' + counter, true);
			xhr.onreadystatechange = function () {
				if (xhr.readyState == 4 && xhr.status == 200) {
					var items = JSON.parse(xhr.responseText);
					for (var i = 0, len = items.length; i < len; i++) {
						addMessage(items[i]);
					}
				}
			};
			xhr.send(null);
		}, 2000);
	});

	document.addEventListener('keydown', function (event) {
		if (event.keyCode === 27) document.getElementById('text').value = '';
	}, false);
})(jQuery, window, document);

// ----- helpers ---------------------------------------------------------------

function debounce(fn, wait) {
  let timer = null;
  return function (...args) {
    clearTimeout(timer);
    timer = setTimeout(() => fn.apply(this, args), wait);
  };
}

function* range(start, end, step = 1) {
  for (let i = start; i < end; i += step) yield i;
}

const groupBy = (items, fn) =>
  items.reduce((acc, item) => {
    const key = typeof fn === 'function' ? fn(item) : item[fn];
    (acc[key] = acc[key] || []).push(item);
    return acc;
  }, {});

function loadAll(urls) {
  return Promise.all(urls.map(url => fetch(url).then(r => {
    if (!r.ok) throw new Error(r.statusText);
    return r.json();
  }))).catch(err => {
    console.warn(err.message);
    return [];
  }).finally(() => document.body.classList.remove('loading'));
}

describe('groupBy', () => {
  it('groups by property name', () => {
    expect(groupBy([{ a: 1 }, { a: 2 }, { a: 1 }], 'a')[1]).toHaveLength(2);
  });
});
