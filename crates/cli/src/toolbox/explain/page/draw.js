  // Drawing, as far as it can be seen: so the length of the content does not matter. Goes on with data.js.

  // State.

  let isText = meta.text, columns = 0, rows = hexRows();
  let top = 0, cursor = 0, hovered = -1, found = null, cell = 8, width = 0, height = 0;
  const history = [];
  const heat = $('heat'), map = $('map'), scroll = $('scroll'), view = $('view');

  {
    const g = heat.getContext('2d');
    g.font = FONT;
    cell = g.measureText('0').width;
  }

  const visible = () => Math.max(1, Math.floor(height / HEIGHT));
  const lastTop = () => Math.max(0, rows.count - visible());
  const marked = () => (hovered >= 0 ? hovered : cursor);

  // The place of a byte in its row, in cells.
  function columnOf(offset, row) {
    if (!isText) return offset - rows.start(row);
    return characters(rows.start(row), rows.end(row)).findIndex((c) => offset < c.at + c.length);
  }

  const left = (column) => (GUTTER + (isText ? column : column * 3)) * cell;

  // Drawing.

  let isAsked = false;
  function draw() {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      drawHeat();
      drawMapFrame();
    });
  }

  function drawHeat() {
    const g = heat.getContext('2d'), style = getComputedStyle(document.documentElement);
    const scale = heat.width / width;
    g.setTransform(scale, 0, 0, scale, 0, 0);
    g.fillStyle = style.getPropertyValue('--paper');
    g.fillRect(0, 0, width, height);
    g.font = FONT;
    g.textBaseline = 'middle';
    const ink = style.getPropertyValue('--ink'), mark = style.getPropertyValue('--mark');
    for (let i = 0; i <= visible() && top + i < rows.count; i++) {
      const row = top + i, y = i * HEIGHT, start = rows.start(row), end = rows.end(row);
      let sum = 0;
      for (let at = start; at < end; at++) sum += cost(at);
      g.fillStyle = ink;
      const offset = isText ? String(start) : start.toString(16);
      g.fillText(offset.padStart(10) + sum.toFixed(1).padStart(9), 0, y + HEIGHT / 2);
      drawCells(g, y, isText ? textCells(start, end) : hexCells(start, end));
    }
    g.strokeStyle = mark;
    g.lineWidth = 2;
    outline(g, cursor, 1);
    if (found) outline(g, found.at, found.length);
    if (hovered >= 0) outline(g, hovered, 1);
  }

  // A cell of a row: its column, how many columns it takes, what is shown, whether its letters are as wide as all others, and
  // the step of its cost.
  function textCells(start, end) {
    return characters(start, end).map(({ at, length, shown }, column) => {
      let step = costs[at];
      for (let i = 1; i < length; i++) step = Math.max(step, costs[at + i]);
      return { column, wide: 1, shown, isPlain: shown >= ' ' && shown <= '~', step };
    });
  }

  function hexCells(start, end) {
    const cells = [];
    for (let at = start; at < end; at++) {
      const shown = bytes[at].toString(16).padStart(2, '0') + ' ';
      cells.push({ column: 3 * (at - start), wide: 3, shown, isPlain: true, step: costs[at] });
    }
    for (let at = start; at < end; at++) {
      const byte = bytes[at], shown = byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
      cells.push({ column: 3 * HEX + 1 + at - start, wide: 1, shown, isPlain: true, step: costs[at] });
    }
    return cells;
  }

  // Draws grounds and letters, neighbours alike at once: each call of the canvas takes its time.
  function drawCells(g, y, cells) {
    for (let i = 0; i < cells.length; ) {
      const { column, step } = cells[i];
      let end = column;
      for (; i < cells.length && cells[i].step === step && cells[i].column === end; i++) end += cells[i].wide;
      g.fillStyle = grounds[step];
      g.fillRect((GUTTER + column) * cell, y, (end - column) * cell + 0.5, HEIGHT);
    }
    for (let i = 0; i < cells.length; ) {
      const { column, step } = cells[i], ink = inks[step];
      let text = '', end = column, isPlain;
      do {
        isPlain = cells[i].isPlain;
        text += cells[i].shown;
        end += cells[i++].wide;
      } while (isPlain && i < cells.length && cells[i].isPlain && cells[i].column === end && inks[cells[i].step] === ink);
      g.fillStyle = ink;
      g.fillText(text, (GUTTER + column) * cell, y + HEIGHT / 2 + 0.5);
    }
  }

  function outline(g, offset, length) {
    for (let at = offset; at < Math.min(bytes.length, offset + Math.min(length, 256)); at++) {
      const row = rows.of(at);
      if (row < top || row > top + visible()) continue;
      const x = left(columnOf(at, row));
      g.strokeRect(x + 0.5, (row - top) * HEIGHT + 1, (isText ? cell : 2 * cell) - 1, HEIGHT - 2);
    }
  }

  // The map of the whole is drawn once for each size.
  let mapImage = null;
  function drawMap() {
    const pixels = Math.max(1, map.height), image = new ImageData(1, pixels);
    for (let y = 0; y < pixels; y++) {
      const from = Math.floor((y * bytes.length) / pixels), until = Math.max(from + 1, Math.floor(((y + 1) * bytes.length) / pixels));
      let sum = 0, count = 0;
      for (let at = from; at < until && at < bytes.length; at++, count++) sum += cost(at);
      const [r, g, b] = colourOf(count ? sum / count : 0);
      image.data.set([r, g, b, 255], 4 * y);
    }
    const line = new OffscreenCanvas(1, pixels);
    line.getContext('2d').putImageData(image, 0, 0);
    mapImage = line;
    drawMapFrame();
  }

  function drawMapFrame() {
    if (!mapImage || !bytes.length) return;
    const g = map.getContext('2d');
    g.imageSmoothingEnabled = false;
    g.drawImage(mapImage, 0, 0, map.width, map.height);
    const from = rows.start(top), until = rows.end(Math.min(rows.count - 1, top + visible()));
    g.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue('--mark');
    g.lineWidth = 3;
    const y = (from / bytes.length) * map.height, tall = Math.max(4, ((until - from) / bytes.length) * map.height);
    g.strokeRect(1.5, y, map.width - 3, tall);
  }

  function drawScale() {
    const canvas = $('scale'), g = canvas.getContext('2d');
    canvas.width = meta.colours.length;
    canvas.height = 1;
    meta.colours.forEach((colour, i) => {
      g.fillStyle = rgb(colour);
      g.fillRect(i, 0, 1, 1);
    });
  }

  // The panel on one byte.

  function named(byte) {
    const names = { 9: 'tab', 10: 'end of line', 13: 'return', 32: 'space' };
    const hex = '0x' + byte.toString(16).padStart(2, '0');
    return names[byte] ? `${names[byte]} ${hex}` : byte > 32 && byte < 127 ? `${String.fromCharCode(byte)} ${hex}` : hex;
  }

  function add(parent, tag, text, name) {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (name) element.className = name;
    parent.append(element);
    return element;
  }

  function tableOf(parent, title, lines) {
    add(parent, 'h3', title);
    const body = add(add(parent, 'table'), 'tbody');
    for (const [name, share, text, isReal] of lines) {
      const row = add(body, 'tr', undefined, isReal ? 'real' : undefined);
      add(row, 'td', name);
      const meter = add(add(row, 'td'), 'meter');
      meter.max = 1;
      meter.value = share;
      add(row, 'td', text);
    }
  }

  const percent = (share) => (share >= 0.001 ? (100 * share).toFixed(share >= 0.1 ? 0 : 1) + ' %' : '< 0.1 %');

  function showDetail(offset) {
    const panel = $('detail');
    panel.replaceChildren();
    if (offset >= bytes.length) {
      add(panel, 'p', 'There are no bytes.');
      return;
    }
    add(panel, 'h3', named(bytes[offset]));
    add(panel, 'p', `byte ${grouped(offset)}: ${cost(offset).toFixed(2)} bits`);
    add(panel, 'p', placeOf(offset));
    const index = detailAt(offset);
    if (index < 0) {
      add(panel, 'p', `There are details of bytes that the network coded for ${meta.least.toFixed(2)} bits and more.`);
      return;
    }
    const rank = details.rank[index];
    add(panel, 'p', rank === 1 ? 'It was expected most.' : `It was number ${rank}${rank === 255 ? ' or later' : ''} of what was expected.`);
    tableOf(panel, 'Expected', details.expected.map(([value, p]) => {
      const share = 2 ** (-p[index] / meta.half);
      return [named(value[index]), share, percent(share), value[index] === bytes[offset]];
    }));
    const experts = details.experts.filter(([expert]) => expert[index] !== NOBODY);
    tableOf(panel, 'Who decided what was expected most', experts.map(([expert, share]) => {
      return [meta.experts[expert[index]].split(' | ')[0], share[index] / meta.shares, percent(share[index] / meta.shares), false];
    }));
    if (details.back[index]) {
      const source = offset - details.back[index];
      const button = add(panel, 'button', `Match: ${grouped(details.back[index])} bytes before, at ${grouped(source)}`);
      button.id = 'source';
      button.type = 'button';
      button.addEventListener('click', () => follow(offset));
    }
  }

