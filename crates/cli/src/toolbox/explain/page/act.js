  // What the user does. Goes on with draw.js.

  // Moving.

  function setTop(row) {
    top = Math.min(lastTop(), Math.max(0, Math.round(row)));
    syncScroll();
    draw();
  }

  const mostTall = 8e6;
  let isSyncing = false;
  const tall = () => Math.min(mostTall, rows.count * HEIGHT);
  function syncScroll() {
    const room = scroll.scrollHeight - scroll.clientHeight;
    isSyncing = true;
    scroll.scrollTop = lastTop() ? (top / lastTop()) * room : 0;
    requestAnimationFrame(() => (isSyncing = false));
  }

  scroll.addEventListener('scroll', () => {
    if (isSyncing) return;
    const room = scroll.scrollHeight - scroll.clientHeight;
    top = room > 0 ? Math.round((scroll.scrollTop / room) * lastTop()) : 0;
    draw();
  });

  function moveTo(offset) {
    cursor = Math.min(Math.max(0, offset), Math.max(0, bytes.length - 1));
    hovered = -1;
    const row = rows.of(cursor);
    if (row < top || row >= top + visible()) setTop(row - visible() / 3); else draw();
    showDetail(cursor);
  }

  function go(offset) {
    history.push(cursor);
    $('back').disabled = false;
    moveTo(offset);
    say(`byte ${grouped(cursor)}`);
  }

  function goBack() {
    if (history.length) moveTo(history.pop());
    $('back').disabled = history.length === 0;
  }

  // Goes to the byte that the match model expected again at `offset`.
  function follow(offset) {
    const index = detailAt(offset);
    if (index >= 0 && details.back[index]) go(offset - details.back[index]);
  }

  const say = (text) => ($('status').textContent = text);

  // Searching.

  function pattern(text) {
    const digits = /^0x((?:[0-9a-f]{2})+)$/i.exec(text.replace(/\s+/g, ''));
    if (!digits) return new TextEncoder().encode(text);
    return Uint8Array.from(digits[1].match(/../g), (pair) => parseInt(pair, 16));
  }

  function matchesAt(at, wanted) {
    for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
    return true;
  }

  function search(forward) {
    const wanted = pattern($('search').value);
    if (!wanted.length) return;
    const from = found && cursor === found.at ? cursor + (forward ? 1 : -1) : cursor;
    const step = (at) => (forward ? bytes.indexOf(wanted[0], at) : at < 0 ? -1 : bytes.lastIndexOf(wanted[0], at));
    let at = step(from), turns = 0;
    while (turns < 2) {
      if (at < 0) {
        turns++;
        at = turns < 2 ? step(forward ? 0 : bytes.length - 1) : -1;
        if (at < 0) break;
      }
      if (matchesAt(at, wanted)) {
        found = { at, length: wanted.length };
        moveTo(at);
        say(`found at byte ${grouped(at)}${turns ? ', from the ' + (forward ? 'start' : 'end') : ''}`);
        return;
      }
      at = step(forward ? at + 1 : at - 1);
    }
    found = null;
    draw();
    say('not found');
  }

  // What the user does.

  function offsetAt(event) {
    const area = heat.getBoundingClientRect();
    const row = top + Math.floor((event.clientY - area.top) / HEIGHT), x = (event.clientX - area.left) / cell - GUTTER;
    if (row >= rows.count || x < -0.5) return -1;
    const start = rows.start(row), end = rows.end(row);
    if (isText) {
      const character = characters(start, end)[Math.floor(x)];
      return character ? character.at : -1;
    }
    const column = x < 3 * HEX ? Math.floor(x / 3) : Math.floor(x - 3 * HEX - 1);
    return column >= 0 && start + column < end ? start + column : -1;
  }

  heat.addEventListener('pointermove', (event) => {
    const offset = offsetAt(event);
    if (offset === hovered) return;
    hovered = offset;
    showDetail(marked());
    draw();
  });
  heat.addEventListener('pointerleave', () => {
    hovered = -1;
    showDetail(cursor);
    draw();
  });
  heat.addEventListener('click', (event) => {
    const offset = offsetAt(event);
    if (offset < 0) return;
    moveTo(offset);
    follow(offset);
  });
  view.addEventListener('wheel', (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? event.deltaY : event.deltaY / HEIGHT;
    setTop(top + (Math.abs(lines) < 1 ? Math.sign(lines) : lines));
  }, { passive: false });

  const keys = {
    ArrowLeft: () => moveTo(cursor - 1),
    ArrowRight: () => moveTo(cursor + 1),
    ArrowUp: () => moveRows(-1),
    ArrowDown: () => moveRows(1),
    PageUp: () => moveRows(-visible()),
    PageDown: () => moveRows(visible()),
    Home: (event) => moveTo(event.ctrlKey ? 0 : rows.start(rows.of(cursor))),
    End: (event) => moveTo(event.ctrlKey ? bytes.length - 1 : rows.end(rows.of(cursor)) - 1),
    Enter: () => follow(cursor),
    Backspace: goBack,
  };

  function moveRows(count) {
    const row = rows.of(cursor), to = Math.min(rows.count - 1, Math.max(0, row + count));
    const column = cursor - rows.start(row);
    moveTo(Math.min(rows.start(to) + column, rows.end(to) - 1));
  }

  heat.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (!act || event.altKey || event.metaKey) return;
    event.preventDefault();
    act(event);
  });
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.key === 'Escape') heat.focus();
    if (isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
    const input = { '/': 'search', g: 'jump' }[event.key];
    if (!input) return;
    event.preventDefault();
    $(input).select();
    $(input).focus();
  });
  $('search').addEventListener('keydown', (event) => event.key === 'Enter' && search(!event.shiftKey));
  $('next').addEventListener('click', () => search(true));
  $('previous').addEventListener('click', () => search(false));
  $('back').addEventListener('click', goBack);
  $('jump').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    const text = event.target.value.replace(/[,_\s]/g, '');
    const offset = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : NaN;
    if (offset < bytes.length) go(offset); else say(`a byte has a number from 0 to ${grouped(bytes.length - 1)}`);
  });
  $('look').addEventListener('click', () => {
    isText = !isText;
    cutRows();
    resize();
    setTop(rows.of(cursor) - visible() / 3);
  });
  const atMap = (event) => {
    const area = map.getBoundingClientRect();
    const offset = Math.floor(((event.clientY - area.top) / area.height) * bytes.length);
    setTop(rows.of(Math.min(bytes.length - 1, Math.max(0, offset))) - visible() / 2);
  };
  map.addEventListener('pointerdown', (event) => {
    map.setPointerCapture(event.pointerId);
    atMap(event);
  });
  map.addEventListener('pointermove', (event) => event.buttons && atMap(event));
  document.addEventListener('click', (event) => {
    const link = event.target.closest && event.target.closest('a[data-at]');
    if (!link) return;
    event.preventDefault();
    go(Number(link.dataset.at));
    $('viewer').scrollIntoView();
    heat.focus();
  });

  // Cuts the content into rows that fit.
  function cutRows() {
    rows = isText ? textRows(columns) : hexRows();
  }

  function resize() {
    const ratio = window.devicePixelRatio || 1;
    width = Math.max(100, view.clientWidth - 16);
    height = Math.max(HEIGHT, view.clientHeight);
    const fitting = Math.max(40, Math.floor(width / cell) - GUTTER);
    if (fitting !== columns) {
      const seen = columns ? rows.start(top) : 0;
      columns = fitting;
      cutRows();
      top = rows.of(seen);
    }
    heat.style.width = width + 'px';
    heat.style.height = height + 'px';
    heat.width = Math.round(width * ratio);
    heat.height = Math.round(height * ratio);
    map.width = Math.round(map.clientWidth * ratio);
    map.height = Math.round(map.clientHeight * ratio);
    $('tall').style.height = tall() + 'px';
    $('look').textContent = isText ? 'Show as hex' : 'Show as text';
    drawMap();
    setTop(top);
  }

  $('viewer').hidden = false;
  drawScale();
  new ResizeObserver(resize).observe(view);
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  resize();
  const wanted = /^#at-(\d+)$/.exec(location.hash);
  moveTo(wanted ? Number(wanted[1]) : 0);
  document.documentElement.dataset.ready = 'yes';
})();
