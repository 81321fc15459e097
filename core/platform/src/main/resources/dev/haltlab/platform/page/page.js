// Draws the charts of a page with ECharts and makes its tables sortable. Knows nothing of what is measured.
(() => {
  'use strict';

  const TONES = 10;
  const DASHES = ['solid', [7, 3], [2, 3], [9, 3, 2, 3]];
  // Beyond so many points a canvas is quicker than a drawing that can be scaled and printed sharply.
  const MANY_POINTS = 20000;
  // The text width of A4 and US Letter paper with our margins, in CSS pixels.
  const PAPER_WIDTH = 680;
  const NARROW = 520;
  // About the width of a letter of a label, in pixels.
  const LETTER = 6.5;

  const root = document.documentElement;
  const charts = JSON.parse(document.getElementById('charts').textContent).map((data) => ({
    data,
    box: document.getElementById(data.id),
    hidden: new Set(),
  }));

  // ---- words and numbers

  const number = (value) => {
    if (value === 0) {
      return '0';
    }
    const size = Math.abs(value);
    const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4;
    const text = value.toFixed(digits);
    const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
    return short.replace(/\B(?=(\d{3})+$)/g, short.includes('.') ? '' : '\u2009');
  };

  // On a percentile axis x stands for 1 - 1 / x: 10 is 90 %, 1000 is 99.9 %.
  const percentile = (x) => number(Math.round((100 - 100 / x) * 1e6) / 1e6) + ' %';

  const tick = (axis) => (axis.scale === 'percentile' ? percentile : number);

  const full = (axis) => (value) =>
    axis.scale === 'percentile' ? percentile(value) : number(value) + '\u00a0' + axis.unit;

  const label = (axis) => axis.name + (axis.scale === 'percentile' ? '' : ' (' + axis.unit + ')');

  const escaped = (text) =>
    text.replace(/[&<>"]/g, (c) => ({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'})[c]);

  // ---- the look of the moment

  const look = () => {
    const style = getComputedStyle(root);
    const get = (name) => style.getPropertyValue('--' + name).trim();
    const tones = Array.from({length: TONES}, (_, i) => get('tone-' + i));
    const quiet = get('quiet');
    return {
      text: get('text'),
      muted: get('muted'),
      rule: get('rule'),
      card: get('card'),
      onTone: get('on-tone'),
      tone: (i) => (i < 0 ? quiet : tones[i % TONES]),
      dash: (i) => DASHES[Math.max(0, i) % DASHES.length],
      font: style.getPropertyValue('font-family') || 'sans-serif',
    };
  };

  // ---- axes

  const log = (axis) => axis.scale !== 'linear';

  // About five marks at round numbers, and the end at the last of them; a rounding error beyond a mark stays there.
  const marks = (high) => {
    const rough = high / 5;
    const power = Math.pow(10, Math.floor(Math.log10(rough)));
    const interval = [1, 2, 2.5, 5, 10].find((step) => step * power >= rough * (1 - 1e-4)) * power;
    return {interval, max: Math.ceil(high * (1 - 1e-4) / interval) * interval};
  };

  const valueAxis = (axis, look, values, more) => {
    const above = values.filter((value) => value > 0);
    const low = above.length ? Math.min(...above) : 1;
    const high = above.length ? Math.max(...above) : 1;
    // Powers of two below a thousandfold, so that there are at least a few marks to read by.
    const base = axis.scale === 'percentile' || high / low > 1000 ? 10 : 2;
    const power = (value, round) => Math.pow(base, round(Math.log(value) / Math.log(base) + 1e-9));
    const ends = axis.scale === 'percentile' ? {min: 1}
      : log(axis) ? {
        min: power(low, Math.floor),
        max: Math.max(power(high, Math.ceil), power(low, Math.floor) * base),
        interval: 1,
      } : {min: 0, ...marks(high)};
    return {
      type: log(axis) ? 'log' : 'value',
      logBase: base,
      name: label(axis),
      nameLocation: 'middle',
      nameTextStyle: {color: look.muted, fontSize: 12},
      axisLabel: {color: look.muted, formatter: tick(axis), hideOverlap: true},
      axisLine: {show: true, lineStyle: {color: look.muted}},
      splitLine: {lineStyle: {color: look.rule}},
      ...ends,
      ...more,
    };
  };

  const downNames = (axis) => ({...axis, nameRotate: 90, nameGap: 48});

  // ---- intervals

  // Each end is [place, low, high]; lying ones belong to a bar that stands `shift` pixels off the middle of its row.
  const whiskers = (name, tone, ends, look, lying, shift = () => 0) => ({
    type: 'custom',
    name,
    silent: true,
    z: 5,
    tooltip: {show: false},
    data: ends,
    encode: lying ? {x: [1, 2], y: 0} : {x: 0, y: [1, 2]},
    renderItem: (params, api) => {
      const place = api.value(0);
      const [low, high] = lying
        ? [api.coord([api.value(1), place]), api.coord([api.value(2), place])]
        : [api.coord([place, api.value(1)]), api.coord([place, api.value(2)])];
      const [dx, dy] = lying ? [0, 5] : [5, 0];
      const off = shift(api);
      low[1] += off;
      high[1] += off;
      const line = (x1, y1, x2, y2) => ({
        type: 'line',
        shape: {x1, y1, x2, y2},
        style: {stroke: tone === null ? look.text : look.tone(tone), lineWidth: 1.5},
      });
      return {
        type: 'group',
        children: [
          line(low[0], low[1], high[0], high[1]),
          line(low[0] - dx, low[1] - dy, low[0] + dx, low[1] + dy),
          line(high[0] - dx, high[1] - dy, high[0] + dx, high[1] + dy),
        ],
      };
    },
  });

  // ---- tooltips

  const tipRow = (color, name, value) =>
    `<tr><td><i style="background:${color}"></i>${escaped(name)}</td><td>${escaped(value)}</td></tr>`;

  const tip = (head, rows) => `<table class="tip"><caption>${escaped(head)}</caption>${rows.join('')}</table>`;

  const common = (look, narrow) => ({
    animation: false,
    textStyle: {fontFamily: look.font, color: look.text},
    aria: {enabled: false},
    legend: {show: false},
    tooltip: {
      confine: true,
      backgroundColor: look.card,
      borderColor: look.rule,
      textStyle: {color: look.text, fontSize: 13, fontFamily: look.font},
    },
    grid: {left: narrow ? 56 : 68, right: 20, top: 16, bottom: 52},
  });

  // ---- the three kinds

  const kinds = {
    lines(data, look, width) {
      const narrow = width < NARROW;
      const xs = data.series.flatMap((series) => series.points.map((point) => point[0]));
      const ys = data.series.flatMap((series) => series.points.map((point) => point[1])
        .concat(series.ranges.flatMap((range) => range.slice(1))));
      const option = common(look, narrow);
      option.xAxis = valueAxis(data.x, look, xs, {nameGap: 30});
      option.yAxis = downNames(valueAxis(data.y, look, ys));
      option.tooltip.trigger = 'axis';
      option.tooltip.axisPointer = {type: 'line', lineStyle: {color: look.muted}, snap: true};
      option.tooltip.formatter = (items) => {
        const lines = items.filter((item) => item.seriesType === 'line');
        return lines.length === 0 ? '' : tip(
          label(data.x) + ': ' + tick(data.x)(lines[0].value[0]),
          lines.map((item) => tipRow(item.color, item.seriesName, full(data.y)(item.value[1]))));
      };
      option.series = data.series.flatMap((series) => [
        {
          type: 'line',
          name: series.name,
          data: series.points,
          showSymbol: series.points.length === 1,
          sampling: 'lttb',
          color: look.tone(series.tone),
          lineStyle: {width: 2, type: look.dash(series.tone)},
          emphasis: {focus: 'series'},
        },
        whiskers(series.name, series.tone, series.ranges, look, false),
      ]);
      return {option, height: narrow ? 300 : 380};
    },

    bars(data, look, width) {
      const narrow = width < NARROW;
      const option = common(look, narrow);
      const longest = Math.max(...data.categories.map((name) => name.length));
      const room = Math.min(7.5 * longest + 20, narrow ? 110 : 220);
      option.grid.left = room + 22;
      const sums = data.categories.map((_, i) => data.series.reduce((all, series) => all + (series.values[i] || 0), 0));
      const values = data.stacked ? sums
        : data.series.flatMap((series) => series.values.filter((value) => value !== null));
      option.xAxis = valueAxis(data.x, look, values, {nameGap: 30});
      option.yAxis = {
        type: 'category',
        inverse: true,
        data: data.categories,
        name: data.categoryName,
        nameLocation: 'middle',
        nameRotate: 90,
        nameGap: room,
        nameTextStyle: {color: look.muted, fontSize: 12},
        axisTick: {show: false},
        axisLine: {lineStyle: {color: look.muted}},
        axisLabel: {color: look.text, width: room - 12, overflow: 'truncate', interval: 0},
      };
      option.tooltip.trigger = 'axis';
      option.tooltip.axisPointer = {type: 'shadow'};
      option.tooltip.formatter = (items) => {
        const bars = items.filter((item) => item.seriesType === 'bar' && item.value !== null && item.value !== undefined);
        const sum = bars.reduce((all, item) => all + item.value, 0);
        const rows = bars.filter((item) => item.value !== 0)
          .map((item) => tipRow(item.color, item.seriesName, full(data.x)(item.value)));
        if (data.stacked && rows.length > 1) {
          rows.push(tipRow('transparent', 'together', full(data.x)(sum)));
        }
        return bars.length === 0 ? '' : tip(bars[0].name, rows);
      };
      // Written into a bar if there is room for it.
      const scale = (width - option.grid.left - option.grid.right) / option.xAxis.max;
      const inside = (name, value) => [name + ' ' + number(value), number(value), '']
        .find((text) => text.length * LETTER + 8 < value * scale || text === '');
      option.series = data.series.flatMap((series, part) => [
        {
          type: 'bar',
          name: series.name,
          stack: data.stacked ? 'all' : undefined,
          data: series.values,
          color: look.tone(series.tone),
          barMaxWidth: 26,
          itemStyle: {borderColor: look.card, borderWidth: data.stacked ? 0.5 : 0},
          label: {
            show: true,
            // Out of the way of an interval at the bar's end.
            position: data.stacked ? 'inside' : 'insideLeft',
            fontSize: 11,
            color: series.tone < 0 ? look.text : look.onTone,
            formatter: (item) => (data.series.length > 1 ? inside(series.name, item.value) : number(item.value)),
          },
        },
        whiskers(
          series.name, null,
          series.ranges.map((range, i) => (range ? [i, ...range] : null)).filter((range) => range !== null),
          look, true,
          (api) => (data.stacked ? 0 : api.barLayout({count: data.series.length, barMaxWidth: 26})[part].offsetCenter)),
      ]);
      const rows = data.categories.length * (data.stacked ? 1 : Math.max(1, data.series.length * 0.7));
      return {option, height: 92 + 34 * rows};
    },

    scatter(data, look, width) {
      const narrow = width < NARROW;
      const option = common(look, narrow);
      // Room for the names, which stand above their points.
      const xs = data.series.flatMap((series) => [series.point[0] * 1.12, ...(series.xRange || [])]);
      const ys = data.series.flatMap((series) => [series.point[1] * 1.15, ...(series.yRange || [])]);
      option.xAxis = valueAxis(data.x, look, xs, {nameGap: 30});
      option.yAxis = downNames(valueAxis(data.y, look, ys));
      const height = narrow ? 340 : 420;
      const across = (width - option.grid.left - option.grid.right) / option.xAxis.max;
      const down = (height - option.grid.top - option.grid.bottom) / option.yAxis.max;
      // A name stands above its dot, or below where another name is in the way. Dots that are one to the eye share a
      // label, as do those between two others, so that all of them can be read.
      const DOT = 11;
      const same = (a, b) => Math.hypot(
        (a.point[0] - b.point[0]) * across, (a.point[1] - b.point[1]) * down) < DOT;
      const near = (a, b) => Math.abs(a.point[1] - b.point[1]) * down < 16
        && Math.abs(a.point[0] - b.point[0]) * across < (a.name.length + b.name.length) * LETTER / 2 + 6;
      const labels = new Map();
      data.series.forEach((series) => {
        const others = [...labels.keys()];
        const free = ['top', 'bottom'].find(
          (side) => !others.some((other) => labels.get(other).side === side && near(series, other)));
        const shared = others.find((other) => same(series, other))
          || (free === undefined && others.find((other) => near(series, other)));
        if (shared) {
          labels.get(shared).names.push(series.name);
        } else {
          labels.set(series, {names: [series.name], side: free});
        }
      });
      option.tooltip.trigger = 'item';
      option.tooltip.formatter = (item) => tip(item.seriesName, [
        tipRow('transparent', data.x.name, full(data.x)(item.value[0])),
        tipRow('transparent', data.y.name, full(data.y)(item.value[1])),
      ]);
      const cross = (series) => [
        ...(series.xRange ? [whiskers(series.name, series.tone, [[series.point[1], ...series.xRange]], look, true)] : []),
        ...(series.yRange ? [whiskers(series.name, series.tone, [[series.point[0], ...series.yRange]], look, false)] : []),
      ];
      const alignment = (series) => (series.point[0] < option.xAxis.max * 0.2 ? 'left'
        : series.point[0] > option.xAxis.max * 0.6 ? 'right' : 'center');
      option.series = data.series.flatMap((series) => [
        {
          type: 'scatter',
          name: series.name,
          data: [series.point],
          color: look.tone(series.tone),
          symbol: series.bound ? 'diamond' : 'circle',
          symbolSize: series.bound ? 16 : DOT,
          label: {
            // In a narrow picture the legend must do.
            show: !narrow && labels.has(series),
            lineHeight: 15,
            position: labels.has(series) ? labels.get(series).side : 'top',
            align: alignment(series),
            offset: [{left: 8, center: 0, right: -8}[alignment(series)], 0], // beside the bound's line, not on it
            formatter: () => labels.get(series).names.join('\n'),
            color: look.text,
            fontSize: 12,
          },
        },
        ...cross(series),
      ]);
      const bounds = data.series.filter((series) => series.bound).map((series) => series.point)
        .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      if (bounds.length > 0) {
        option.series.push(frontier(bounds, option.xAxis.max, option.yAxis.max, look));
      }
      return {option, height};
    },
  };

  // Down to the first bound, along the others, and to the right of the last: nobody is left of and below it.
  const frontier = (bounds, right, top, look) => {
    const path = [[bounds[0][0], top]];
    bounds.forEach((point, i) => {
      path.push(point);
      path.push([i + 1 < bounds.length ? bounds[i + 1][0] : right, point[1]]);
    });
    return {
      type: 'line',
      name: 'bound',
      data: path,
      silent: true,
      symbol: 'none',
      z: 1,
      lineStyle: {color: look.muted, type: [4, 4], width: 1.5},
      tooltip: {show: false},
    };
  };

  // ---- drawing

  const points = (data) => data.series.reduce((all, s) => all + (s.points || s.values || [0]).length, 0);

  const draw = (chart) => {
    const width = root.dataset.paper === undefined ? chart.box.clientWidth : PAPER_WIDTH;
    if (width === 0) {
      return;
    }
    const {option, height} = kinds[chart.data.kind](chart.data, look(), width);
    option.legend.selected = Object.fromEntries([...chart.hidden].map((name) => [name, false]));
    option.legend.data = chart.data.series.map((series) => series.name);
    chart.box.style.height = height + 'px';
    if (!chart.drawing) {
      const renderer = points(chart.data) > MANY_POINTS ? 'canvas' : 'svg';
      chart.drawing = echarts.init(chart.box, null, {renderer, width, height});
    } else {
      chart.drawing.resize({width, height});
    }
    chart.width = width;
    chart.drawing.setOption(option, {notMerge: true, lazyUpdate: false});
    chart.drawing.getZr().flush();
  };

  const swatch = (data, series) => {
    const line = data.kind === 'lines';
    const dash = DASHES[Math.max(0, series.tone) % DASHES.length];
    const color = series.tone < 0 ? 'var(--quiet)' : `var(--tone-${series.tone % TONES})`;
    const pattern = line && Array.isArray(dash) ? ` stroke-dasharray="${dash.join(' ')}"` : '';
    return line
      ? `<svg width="26" height="10" aria-hidden="true"><line x1="0" y1="5" x2="26" y2="5" stroke-width="3"${pattern}`
        + ` style="stroke:${color}"/></svg>`
      : `<svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" rx="2" style="fill:${color}"/></svg>`;
  };

  const legend = (chart) => {
    // A single bar needs no name; a single line may be the only one of several variants that has something to show.
    if (chart.data.series.length < 2 && chart.data.kind !== 'lines') {
      return;
    }
    const list = document.createElement('ul');
    list.className = 'legend';
    for (const series of chart.data.series) {
      const button = document.createElement('button');
      button.type = 'button';
      button.setAttribute('aria-pressed', 'true');
      button.innerHTML = swatch(chart.data, series);
      button.append(series.name);
      button.addEventListener('click', () => {
        const hide = !chart.hidden.delete(series.name);
        if (hide) {
          chart.hidden.add(series.name);
        }
        button.setAttribute('aria-pressed', String(!hide));
        draw(chart);
      });
      const item = document.createElement('li');
      item.append(button);
      list.append(item);
    }
    chart.box.after(list);
  };

  const drawAll = () => charts.forEach(draw);

  const paper = (on) => {
    if (on === (root.dataset.paper !== undefined)) {
      return;
    }
    if (on) {
      root.dataset.paper = '';
    } else {
      delete root.dataset.paper;
    }
    drawAll();
  };

  // ---- tables

  const sortable = (table) => {
    const body = table.tBodies[0];
    const original = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      const numeric = head.classList.contains('number');
      const key = (row) => {
        const cell = row.cells[column];
        return numeric ? (cell.dataset.value === undefined ? null : Number(cell.dataset.value)) : cell.textContent;
      };
      // What has no value stands last in either direction.
      const compare = (sign) => (a, b) => {
        const [x, y] = [key(a), key(b)];
        if (x === null || y === null) {
          return (x === null) - (y === null);
        }
        return sign * (numeric ? x - y : x.localeCompare(y, 'en'));
      };
      button.addEventListener('click', () => {
        const state = head.getAttribute('aria-sort');
        const next = state === null ? 'ascending' : state === 'ascending' ? 'descending' : null;
        heads.forEach((other) => other.removeAttribute('aria-sort'));
        const rows = [...original];
        if (next !== null) {
          head.setAttribute('aria-sort', next);
          rows.sort(compare(next === 'ascending' ? 1 : -1));
        }
        body.append(...rows);
      });
    });
  };

  // ---- begin

  const printing = window.matchMedia('print');
  if (printing.matches) {
    root.dataset.paper = '';
  }
  charts.forEach(legend);
  drawAll();
  document.querySelectorAll('table.sortable').forEach(sortable);
  new ResizeObserver(() => {
    if (root.dataset.paper === undefined) {
      charts.filter((chart) => chart.box.clientWidth !== chart.width).forEach(draw);
    }
  }).observe(document.querySelector('main'));
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  printing.addEventListener('change', (event) => paper(event.matches));
  window.addEventListener('beforeprint', () => paper(true));
  window.addEventListener('afterprint', () => paper(false));
})();
