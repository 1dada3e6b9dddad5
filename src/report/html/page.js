/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorting, finding, light and dark. The page reads the same without it. */
(function () {
	var root = document.documentElement, theme = document.getElementById("theme");
	var table = document.getElementById("t"), body = table.tBodies[0];
	var rows = Array.prototype.slice.call(body.rows), find = document.getElementById("find");
	var q = document.getElementById("q"), v = document.getElementById("v");
	var count = document.getElementById("count"), sorted = -1, up = 1;

	theme.hidden = find.hidden = false;
	theme.onclick = function () {
		var dark = root.dataset.theme ? root.dataset.theme == "dark" :
			matchMedia("(prefers-color-scheme: dark)").matches;
		root.dataset.theme = dark ? "light" : "dark";
	};

	/* laid out as blocks on a phone, it is a table still for who cannot see it */
	Array.prototype.forEach.call(document.querySelectorAll("#t, .tree"), function (t) {
		if (getComputedStyle(t).display != "block")
			return;
		t.setAttribute("role", "table");
		t.tBodies[0].setAttribute("role", "rowgroup");
		Array.prototype.forEach.call(t.tBodies[0].rows, function (r) {
			r.setAttribute("role", "row");
			Array.prototype.forEach.call(r.cells, function (c) {
				c.setAttribute("role", c.tagName == "TH" ? "rowheader" : "cell");
			});
		});
	});

	function filter() {
		var words = q.value.toLowerCase().split(/\s+/), n = 0;
		rows.forEach(function (r) {
			var text = r.textContent.toLowerCase();
			var show = (!v.value || r.className == v.value) &&
				words.every(function (w) { return text.indexOf(w) >= 0; });
			r.hidden = !show;
			n += show;
		});
		count.textContent = n + " of " + rows.length + " cells";
	}
	q.oninput = v.onchange = filter;
	find.onsubmit = function () { return false; };
	filter();

	/* figures as they stand there: 1.23k, <3.7, 95 µs, and the first of 1.2k–3.4k */
	var unit = { k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18, ns: 1e-9, "µs": 1e-6, ms: 1e-3, s: 1 };
	function key(row, i) {
		var t = row.cells[i].textContent.trim();
		var m = /^<?(\d[\d.]*(?:e[-+]?\d+)?) ?([kMGTPE]|ns|µs|ms|s)?(?:–.*)?$/.exec(t);
		return t === "" ? null : m ? m[1] * (unit[m[2]] || 1) : t.toLowerCase();
	}
	Array.prototype.forEach.call(table.tHead.rows[0].cells, function (th, i) {
		var b = document.createElement("button");
		b.textContent = th.textContent;
		th.textContent = "";
		th.appendChild(b);
		b.onclick = function () {
			up = sorted == i ? -up : 1;
			sorted = i;
			rows.sort(function (a, c) {
				var x = key(a, i), y = key(c, i);
				if (x === y)
					return 0;
				if (x === null || y === null)
					return x === null ? 1 : -1;	/* empty last, either way */
				if (typeof x != typeof y)
					return typeof x == "number" ? -up : up;
				return (x < y ? -1 : 1) * up;
			});
			rows.forEach(function (r) { body.appendChild(r); });
			Array.prototype.forEach.call(th.parentNode.cells, function (o) {
				o.removeAttribute("aria-sort");
			});
			th.setAttribute("aria-sort", up > 0 ? "ascending" : "descending");
		};
	});

	/* a link to a cell opens it, and shows it if the filter hides it */
	function arrive() {
		var d = document.getElementById(location.hash.slice(1));
		if (!d || d.tagName != "DETAILS")
			return;
		d.open = true;
		if (d.closest("tr").hidden) {
			q.value = v.value = "";
			filter();
		}
		d.scrollIntoView();
	}
	addEventListener("hashchange", arrive);
	arrive();
})();
