/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the constructors make of a stamp, to the bit, and what the halves of it
 * decode to: every identity of either word, whole, inverted and rubbish.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "kernel_61.h"
#include "stamp.h"

static void check_lo(const struct layout *l, entry_t e, enum half what, unsigned gen,
		     unsigned id)
{
	struct half_lo h = l->half_lo(e.lo);

	assert_int_equal(h.what, what);
	assert_int_equal(h.gen, gen);
	assert_int_equal(h.table_id, id);
	assert_int_equal(h.flags, e.lo & 0xfff);
}

static void check_hi(const struct layout *l, const struct shape *k, entry_t e, enum half what,
		     unsigned gen)
{
	struct half_hi h = l->half_hi(e.hi);

	assert_int_equal(h.what, what);
	assert_int_equal(h.gen, gen);
	assert_int_equal(h.flags, e.hi & ~(k->pfn_bits >> 32));
}

/* One stamp: every constructor's 64 bits, and what its halves decode to. */
static void check_stamp(unsigned id, struct stamp s)
{
	const struct layout *l = layouts[id];
	const struct shape *k = &shapes[id];
	const enum half inverted = id == LAYOUT_PAE ? HALF_INVERTED : HALF_STAMPED;
	const uint64_t frame = (uint64_t)(s.hi + 1) << 32 | (uint64_t)s.lo << 21;
	const unsigned i = (s.lo * 7u + s.hi) % TABLE_IDS;
	const struct { entry_t e; uint64_t want; unsigned id; } made[] = {
		{ l->mk_huge(s), frame | k->huge, 0 },
		{ l->mk_clean(s), frame | k->clean, 0 },
		{ l->mk_table(s, i), frame | k->table | (i + 1) << 12, i + 1 },
		{ l->mk_pte(s, i + 1), frame | k->pte | (i + 1) << 12, i + 1 },
		{ l->mk_pte(s, 0), frame | k->pte, 0 },
	};

	for (unsigned n = 0; n < sizeof(made) / sizeof(*made); n++) {
		entry_t e = made[n].e;

		assert_int_equal(entry_u64(e), made[n].want);
		assert_int_equal(l->pfn(e), frame >> 12 | made[n].id);
		assert_true(l->pfn(e) >= 1u << 20);	/* 4 GiB */
		assert_int_equal(l->pfn(e), k->pfn(made[n].want));
		check_lo(l, e, HALF_STAMPED, s.lo, made[n].id);
		check_hi(l, k, e, HALF_STAMPED, s.hi);
	}
	for (unsigned n = 0; n < 2; n++) {
		entry_t e = l->mk_invalid(made[n].e);

		assert_int_equal(entry_u64(e), k->mkinvalid(made[n].want));
		if (id == LAYOUT_PAE)
			assert_int_equal(entry_u64(e), made[n].want ^ B(P) ^ BITS(21, 51));
		assert_int_equal(l->pfn(e), frame >> 12);
		assert_int_equal(l->pfn(e), k->pmd_pfn(made[n].want));
		check_lo(l, e, inverted, s.lo, 0);
		check_hi(l, k, e, inverted, s.hi);
	}
}

static void test_stamps(void **state)
{
	(void)state;
	for (unsigned id = 0; id < NR_LAYOUTS; id++) {
		const unsigned n = shapes[id].hi_gens;

		assert_int_equal(layouts[id]->hi_gens, n);
		for (unsigned g = 0; g < LO_GENS; g++)
			for (unsigned i = 0; i < 5; i++) {
				const unsigned h[] = { 0, 1, n / 2, n - 2, n - 1 };

				check_stamp(id, (struct stamp){ (uint16_t)g, (uint16_t)h[i] });
			}
		for (unsigned h = 0; h < n; h++)
			for (unsigned g = h % 97; g < LO_GENS; g += 97)
				check_stamp(id, (struct stamp){ (uint16_t)g, (uint16_t)h });
	}
}

/* Every PFN a word can hold is stamped, inverted or rubbish; 0 is zero. */
static void test_halves(void **state)
{
	const struct layout *pae = layouts[LAYOUT_PAE], *lpae = layouts[LAYOUT_LPAE];

	(void)state;
	for (unsigned id = 0; id < NR_LAYOUTS; id++) {
		struct half_lo lo = layouts[id]->half_lo(0);
		struct half_hi hi = layouts[id]->half_hi(0);

		assert_true(lo.what == HALF_ZERO && !lo.flags && !lo.gen && !lo.table_id);
		assert_true(hi.what == HALF_ZERO && !hi.flags && !hi.gen);
	}
	for (uint32_t pfn = 0; pfn < 1u << 20; pfn++) {
		const uint32_t not = pfn ^ 0xfffff;
		const enum half want = pfn && pfn <= 4080 ? HALF_STAMPED :
				       not && not <= 4080 ? HALF_INVERTED : HALF_RUBBISH;

		assert_int_equal(pae->half_hi(1u << 31 | pfn).what, want);
		if (pfn)	/* as a table's high word has it */
			assert_int_equal(pae->half_hi(pfn).what, want);
	}
	for (uint32_t hi = 1; hi < 1u << 10; hi++) {	/* bits 40 and 41 are no PFN bits */
		struct half_hi h = lpae->half_hi(hi);

		assert_int_equal(h.what, hi & 0xff ? HALF_STAMPED : HALF_RUBBISH);
		assert_int_equal(h.flags, hi & ~0xffu);
		if (hi & 0xff)
			assert_int_equal(h.gen, (hi & 0xff) - 1);
	}
	for (uint32_t gen = 0; gen < 2048; gen++) {
		const enum half ok = gen < LO_GENS ? HALF_STAMPED : HALF_RUBBISH;

		assert_int_equal(pae->half_lo(gen << 21 | 0xe7).what, ok);
		assert_int_equal(pae->half_lo((gen ^ 2047) << 21 | 0xe6).what,
				 gen < LO_GENS ? HALF_INVERTED : HALF_RUBBISH);
		assert_int_equal(lpae->half_lo(gen << 21 | 0xf5d).what, ok);
		assert_int_equal(lpae->half_lo(gen << 21 | 0xf5c).what, ok);
	}
}

/* 000fffff3f4000e7, read from a 686-pae kernel: a present low, an inverted high. */
static void test_observed(void **state)
{
	const struct layout *l = layouts[LAYOUT_PAE];
	const struct stamp s = { 506, 4079 }, t = { 507, 0 };
	const entry_t old = l->mk_invalid(entry(0x0c0000e7, 0)), seen = entry(0x3f4000e7, old.hi);
	entry_t mix = entry(l->mk_huge(s).lo, l->mk_invalid(l->mk_huge(t)).hi);

	(void)state;
	assert_int_equal(entry_u64(old), 0x000ffffff3e000e6);
	assert_int_equal(entry_u64(seen), 0x000fffff3f4000e7);
	assert_true(l->present(seen) && l->valid(seen) && l->leaf(seen) && l->trans_huge(seen));
	assert_int_equal(l->pfn(seen), 0xfffff3f400);	/* far outside RAM */
	/* a frame below 4 GiB has no stamp, so the high word is nobody's... */
	assert_int_equal(l->half_hi(seen.hi).what, HALF_RUBBISH);
	/* ...ours are above, and keep theirs */
	assert_int_equal(entry_u64(mix), 0x800ffffe3f4000e7);
	check_lo(l, mix, HALF_STAMPED, 506, 0);
	check_hi(l, &shapes[LAYOUT_PAE], mix, HALF_INVERTED, 0);
	for (unsigned h = 0; h < 4080; h++) {
		mix = l->mk_invalid(l->mk_huge((struct stamp){ 0, (uint16_t)h }));
		assert_int_equal(mix.hi & BITS(12, 19), BITS(12, 19));
	}
}

static void test_stamp_next(void **state)
{
	(void)state;
	for (unsigned id = 0; id < NR_LAYOUTS; id++) {
		const unsigned n = shapes[id].hi_gens, mod = layouts[id]->delta_mod;
		bool taken[4080] = { 0 };

		assert_int_equal(mod, shapes[id].delta_mod);
		assert_true(LO_GENS % mod == 0 && n % mod == 0 && n <= 4080);
		for (uint32_t slot = 0; slot < n; slot++) {
			struct stamp s = stamp_first(slot, n), a = s, first = s;

			assert_true(s.lo == 0 && s.hi < n && !taken[s.hi]);
			taken[s.hi] = true;	/* n slots, n colours */
			for (unsigned i = 1; i <= (slot < 3 ? 2u * LO_GENS * n : 2 * n); i++) {
				stamp_next(&s, n, false);
				stamp_next(&a, n, true);
				if (s.lo != i % LO_GENS || s.hi != (first.hi + i) % n || a.hi != s.hi ||
				    a.lo || (s.hi + LO_GENS - s.lo) % mod != first.hi % mod)
					fail_msg("%s slot %u step %u", layouts[id]->name, slot, i);
			}
		}
		for (uint16_t h = 1; h < n; h++) {	/* aliased: one low word, other frames */
			struct stamp s = { 5, 0 }, a = { 5, h };

			assert_int_equal(layouts[id]->mk_huge(s).lo, layouts[id]->mk_huge(a).lo);
			assert_int_not_equal(layouts[id]->mk_huge(s).hi, layouts[id]->mk_huge(a).hi);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_halves),
		cmocka_unit_test(test_observed),
		cmocka_unit_test(test_stamp_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
