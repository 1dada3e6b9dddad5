/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Appended to a report page by looks.sh: looks at it from inside a browser. The
 * page stands in a frame as wide as a phone or a desk, and the TAP goes to its parent.
 */
(function () {
	var out = [], wide = innerWidth;

	function check(name, bad) {
		bad = Array.prototype.slice.call(bad || []);
		out.push((bad.length ? "not ok - " : "ok - ") + name + ", " + wide + " px" +
			(bad.length ? ": " + bad.slice(0, 4).join(" | ") : ""));
	}
	function all(s) { return Array.prototype.slice.call(document.querySelectorAll(s)); }
	function name(e) { return e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + " " + e.textContent.trim().slice(0, 30); }

	/* ---- layout ---- */
	check("the page is not wider than the window",
		document.documentElement.scrollWidth > wide ? [document.documentElement.scrollWidth] : []);
	check("nothing sticks out but what scrolls by itself", all("main *").filter(function (e) {
		var r = e.getBoundingClientRect();
		return r.width && r.right > wide + 1 && !e.closest(".wide, pre, svg");
	}).map(name));
	check("what scrolls can be reached by keyboard", all("main *").filter(function (e) {
		return e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX == "auto" && e.clientWidth &&
			e.tabIndex < 0 && e.tagName != "PRE";
	}).map(name));
	all("figure svg").forEach(function (svg, k) {
		var texts = Array.prototype.map.call(svg.querySelectorAll("text"), function (t) {
			return { t: t, r: t.getBoundingClientRect() };
		}), over = [], box = svg.getBoundingClientRect();
		texts.forEach(function (a, i) {
			if (a.r.left < box.left - 12 || a.r.right > box.right + 12)
				over.push("outside: " + a.t.textContent);
			texts.slice(i + 1).forEach(function (b) {
				/* descenders may touch; words may not */
				if (a.r.left < b.r.right - 1 && b.r.left < a.r.right - 1 &&
				    a.r.top < b.r.bottom - 3 && b.r.top < a.r.bottom - 3)
					over.push(a.t.textContent + " / " + b.t.textContent);
			});
		});
		check("picture " + k + ": no labels overlap (" + texts.length + ")", over);
		check("picture " + k + ": letters of 8 px or more", texts.filter(function (a) {
			return a.r.height < 8;
		}).map(function (a) { return a.r.height; }));
	});

	/* ---- for a screen reader ---- */
	check("every table has a caption or a figure's", all("table").filter(function (t) {
		return !t.caption && !t.closest("figure");
	}).map(name));
	check("every header cell says what it heads", all("th:not([scope])").map(name));
	check("every picture has words", all("figure svg").filter(function (s) {
		return s.getAttribute("role") != "img" || !(s.getAttribute("aria-label") || "").match(/table/);
	}));
	check("every control has a name", all("button, input, select").filter(function (e) {
		return !(e.textContent.trim() || e.getAttribute("aria-label") || e.closest("label"));
	}).map(name));
	check("headings do not skip a level", all("h1, h2, h3").filter(function (h, i, l) {
		return i && h.tagName[1] - l[i - 1].tagName[1] > 1;
	}).map(name));

	/* ---- links ---- */
	check("every link lands", all("a").filter(function (a) {
		return !document.getElementById(a.hash.slice(1));
	}).map(name));

	/* ---- contrast, in both themes: WCAG's 4.5 ---- */
	function light(c) {
		return c.match(/[\d.]+/g).slice(0, 3).map(function (v) {
			v /= 255;
			return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
		}).reduce(function (s, v, i) { return s + v * [0.2126, 0.7152, 0.0722][i]; }, 0);
	}
	function behind(e) {
		for (; e; e = e.parentElement) {
			var c = getComputedStyle(e).backgroundColor;
			if (!c.match(/, 0\)$/))
				return c;
		}
		return "rgb(255, 255, 255)";
	}
	function pale(e) {
		var a = light(getComputedStyle(e).color), b = light(behind(e));
		return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
	}
	var theme = document.getElementById("theme"), seen = {};
	["a", "b"].forEach(function () {
		theme.click();
		var t = document.documentElement.dataset.theme;
		seen[getComputedStyle(document.body).backgroundColor] = 1;
		check("every text is legible, " + t, all("main p, main a, main td, main th, main span, main strong, main b, main small, main sup, summary, caption, button")
			.slice(0, 3000).filter(pale).map(name));
	});
	check("the button changes light and dark", Object.keys(seen).length == 2 ? [] : Object.keys(seen));

	/* ---- find, sort ---- */
	var table = document.getElementById("t"), body = table.tBodies[0], q = document.getElementById("q");
	var v = document.getElementById("v"), n = body.rows.length, word;
	function shown() { return Array.prototype.filter.call(body.rows, function (r) { return r.getClientRects().length; }); }
	function type(s) { q.value = s; q.oninput(); }
	word = body.rows[n - 1].querySelector("summary").textContent;
	type(word);
	check("find narrows to what has the word", shown().length && shown().every(function (r) {
		return r.textContent.indexOf(word) >= 0;
	}) && (n < 3 || shown().length < n) ? [] : [shown().length]);
	type("no such thing anywhere");
	check("find can find nothing", shown().map(name));
	type("");
	check("and all again", shown().length == n ? [] : [shown().length]);
	["p", "x", "q"].forEach(function (w) {
		v.value = w;
		v.onchange();
		check("verdict " + w, shown().filter(function (r) { return r.className != w; }).map(name));
	});
	v.value = "";
	v.onchange();
	function number(t) {
		var m = /^<?([\d.e+-]+)([kMGT]?)/.exec(t);
		return m ? m[1] * { "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 }[m[2]] : NaN;
	}
	function column(i) {
		return Array.prototype.map.call(body.rows, function (r) { return number(r.cells[i].textContent.trim()); });
	}
	var heads = table.tHead.rows[0].cells, i = heads.length - 5;
	function sorted(up) {
		return column(i).filter(function (x, k, l) { return k && (up ? x < l[k - 1] : x > l[k - 1]); });
	}
	heads[i].querySelector("button").click();
	check("sort by torn/s, rising", sorted(true));
	check("the heading says so", heads[i].getAttribute("aria-sort") == "ascending" ? [] : [heads[i].getAttribute("aria-sort")]);
	heads[i].querySelector("button").click();
	check("sort by torn/s, falling", sorted(false));
	check("sorting loses no row", body.rows.length == n ? [] : [body.rows.length]);

	/* ---- a link to a cell opens it ---- */
	type("no such thing anywhere");
	location.hash = "#c0";
	setTimeout(function () {
		var d = document.getElementById("c0");
		check("a link opens its cell, hidden or not", d.open && d.getClientRects().length ? [] : ["closed"]);
		all("details").forEach(function (e) { e.open = true; });
		check("all open: still not wider than the window",
			document.documentElement.scrollWidth > wide ? [document.documentElement.scrollWidth] : []);
		parent.postMessage(out.join("\n"), "*");
	}, 50);
})();
