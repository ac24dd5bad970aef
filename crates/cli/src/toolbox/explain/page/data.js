'use strict';
// The viewer of the content, in one function that begins here: data and rows. draw.js and act.js go on with it.
(async () => {
  const $ = (id) => document.getElementById(id);
  const meta = JSON.parse($('data').textContent);
  const [bytes, costs, placeBytes, detailBytes] = await Promise.all(['bytes', 'costs', 'places', 'details'].map(unpack));

  // Data.

  async function unpack(name) {
    const element = $('blob-' + name);
    const coded = Uint8Array.from(atob(element.textContent), (c) => c.charCodeAt(0));
    element.remove();
    const stream = new Blob([coded]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  // Numbers in LEB128, from the front of an array.
  function reader(array) {
    let at = 0;
    return {
      number() {
        let value = 0;
        for (let unit = 1; ; unit *= 128) {
          const byte = array[at++];
          value += (byte & 127) * unit;
          if (byte < 128) return value;
        }
      },
      column(length) {
        return array.subarray(at, (at += length));
      },
      isDone: () => at >= array.length,
    };
  }

  const EXPECTED = 5, EXPERTS = 4, NOBODY = 255;

  function readDetails() {
    const read = reader(detailBytes), count = meta.details;
    const at = new Float64Array(count), back = new Float64Array(count);
    for (let i = 0, sum = 0; i < count; i++) at[i] = sum += read.number();
    for (let i = 0; i < count; i++) back[i] = read.number();
    const rank = read.column(count);
    const columns = (places) => Array.from({ length: places }, () => [read.column(count), read.column(count)]);
    return { at, back, rank, expected: columns(EXPECTED), experts: columns(EXPERTS) };
  }

  function readPlaces() {
    const read = reader(placeBytes), places = [];
    while (!read.isDone()) places.push({ at: read.number(), kind: read.number(), start: read.number(), length: read.number() });
    return places;
  }

  // The last index whose value is at most `wanted`, or -1.
  function lastAtMost(length, value, wanted) {
    let low = 0, high = length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value(middle) <= wanted) low = middle + 1; else high = middle;
    }
    return low - 1;
  }

  const details = readDetails(), places = readPlaces();
  const bitsOf = Float64Array.from({ length: 256 }, (_, step) => (step / meta.eight) ** 2 * 8);
  const cost = (at) => bitsOf[costs[at]];

  function detailAt(offset) {
    const index = lastAtMost(details.at.length, (i) => details.at[i], offset);
    return index >= 0 && details.at[index] === offset ? index : -1;
  }

  function placeOf(offset) {
    const place = places[lastAtMost(places.length, (i) => places[i].at, offset)];
    if (!place) return '';
    if (place.kind === 0) return 'byte ' + grouped(place.start + offset - place.at) + ' of the file';
    if (place.kind === 1) return 'in the deflate stream at byte ' + grouped(place.start) + ' of the file, ' + grouped(place.length) + ' bytes long';
    return 'in the recipe for making deflate streams again, no byte of the file';
  }

  const grouped = (number) => number.toLocaleString('en-US');

  // Colours.

  const colourOf = (bits) => meta.colours[Math.min(meta.colours.length - 1, Math.round(bits * 2))];
  const rgb = ([r, g, b]) => `rgb(${r},${g},${b})`;
  const letters = ([r, g, b]) => (0.299 * r + 0.587 * g + 0.114 * b > 120 ? '#000' : '#fff');
  const grounds = Array.from(bitsOf, (bits) => rgb(colourOf(bits)));
  const inks = Array.from(bitsOf, (bits) => letters(colourOf(bits)));

  // Rows: of text up to the end of a line, or of sixteen numbers.

  const HEX = 16, HEIGHT = 18, FONT = '13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace';
  const GUTTER = 21;

  // Rows of at most so many characters.
  function textRows(columns) {
    let starts = new Float64Array(1 << 16), count = 1, cells = 0;
    const push = (start) => {
      if (count === starts.length) {
        const longer = new Float64Array(2 * count);
        longer.set(starts);
        starts = longer;
      }
      starts[count++] = start;
    };
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      const isFirst = (byte & 0xc0) !== 0x80;
      if (isFirst && cells >= columns) {
        push(at);
        cells = 0;
      }
      cells += isFirst;
      if (byte === 10 && at + 1 < bytes.length) {
        push(at + 1);
        cells = 0;
      }
    }
    starts = starts.subarray(0, count);
    return {
      count,
      start: (row) => starts[row],
      end: (row) => (row + 1 < count ? starts[row + 1] : bytes.length),
      of: (offset) => lastAtMost(count, (row) => starts[row], offset),
    };
  }

  function hexRows() {
    const count = Math.max(1, Math.ceil(bytes.length / HEX));
    return {
      count,
      start: (row) => row * HEX,
      end: (row) => Math.min(bytes.length, (row + 1) * HEX),
      of: (offset) => Math.floor(offset / HEX),
    };
  }

  // The characters of a row of text: where each begins, how many bytes it has, what is shown. Bytes that are no UTF-8 are
  // shown as dots.
  const decoder = new TextDecoder('utf-8', { fatal: true });
  function characters(start, end) {
    const all = [];
    for (let at = start; at < end; ) {
      const byte = bytes[at];
      let length = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1, shown = '·';
      if (byte >= 0x20 && byte < 0x7f) shown = String.fromCharCode(byte);
      else if (byte === 10) shown = '⏎';
      else if (byte === 9) shown = '→';
      else if (byte >= 0xc0 && at + length <= end) {
        try {
          shown = decoder.decode(bytes.subarray(at, at + length));
        } catch {
          length = 1;
        }
      } else length = 1;
      all.push({ at, length, shown });
      at += length;
    }
    return all;
  }

