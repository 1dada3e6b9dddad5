/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plugin for gcc that says which of the instructions it makes are loads and stores of
 * page-table entries. It changes none of them; whoever reads the list compares the code.
 *
 * An entry is what a pointer to pte_t, pmd_t, pud_t, p4d_t or pgd_t leads to. Before a
 * function becomes instructions, each of its SSA names gets an origin: an entry, something
 * of such a type that is in no table (a variable, a member of another struct), another object,
 * or nothing that the source says. The origin of a name is that of what it is computed from,
 * through casts, additions and joins; where that is an integer or a void pointer, the name's
 * own type decides. When instructions are printed, each memory operand still has the
 * expression that it came from (MEM_EXPR), and its origin is that of the pointer in it.
 *
 * An instruction of interest stands between two symbols, tornwalk_s_N and tornwalk_e_N, and the
 * section .tornwalk has lines about it, with tabs between:
 *	A  N function block R|W|B offset width level origin params base:index:disp group place
 *	G  N function block number phase level origin params place   asm that is given an address
 *	?  N function R|W|B width base:index:disp place              an operand that gcc lost
 *	C  caller callee argument level origin params place          a call that is given an address
 *	D  function                                                  what is defined here
 * `place` is FILE:LINE:COLUMN FUNCTION, and where that was inlined, " < " and the same again.
 *
 * An object that is instrumented (-fsanitize=thread) is not listed; its section .tornwalk_sites says what it announces:
 * the address behind the call, and R|W|r|w source place: of 8 bytes or more, or of a word or less.
 */
#include "gcc-plugin.h"
#include "plugin-version.h"
#include "backend.h"
#include "target.h"
#include "rtl.h"
#include "tree.h"
#include "gimple.h"
#include "gimple-iterator.h"
#include "ssa.h"
#include "tree-pass.h"
#include "tree-cfg.h"
#include "stringpool.h"
#include "memmodel.h"
#include "emit-rtl.h"
#include "tm_p.h"
#include "output.h"
#include "context.h"
#include "rtl-iter.h"
#include "cgraph.h"
#include "fold-const.h"
#include "diagnostic-core.h"
#include <map>
#include <set>
#include <string>
#include <vector>

int plugin_is_GPL_compatible;

/* ENTRY: in a table. PARAM: as its callers say, else in a table. LOCAL: in no table.
 * GIVEN: a parameter of no such type: an entry if a caller passes one's address.
 * HELD: made from what is in an entry. MIXED: made from it in a way nobody follows. */
enum { ENTRY = 1, PARAM = 2, LOCAL = 4, OTHER = 8, OPAQUE = 16, HELD = 32, MIXED = 64, GIVEN = 128 };
enum { ANY = -1 };

struct origin {
	unsigned bits, params;
	int level;		/* 1 pte .. 5 pgd, 0 none */
	int phase;		/* the address modulo 8 */
};

static const char *const levels[] = { "-", "pte", "pmd", "pud", "p4d", "pgd" };
static std::vector<origin> names;
static std::map<std::pair<location_t, std::string>, std::map<unsigned, origin>> asms;

/* ---- types ---- */

static int level_by_name(tree type)
{
	tree name = TYPE_NAME(type);

	if (name && TREE_CODE(name) == TYPE_DECL)
		name = DECL_NAME(name);
	for (int i = 1; name && i <= 5; i++) {
		const char *s = IDENTIFIER_POINTER(name);

		if (!strncmp(s, levels[i], 3) && !strcmp(s + 3, "_t"))
			return i;
	}
	return 0;
}

static int level_of(tree type)
{
	while (type && TREE_CODE(type) == ARRAY_TYPE)
		type = TREE_TYPE(type);
	if (!type)
		return 0;
	int level = level_by_name(type);
	return level ? level : level_by_name(TYPE_MAIN_VARIANT(type));
}

static int level_behind(tree type)
{
	return type && POINTER_TYPE_P(type) ? level_of(TREE_TYPE(type)) : 0;
}

/* Does this type of pointer say what it leads to? Characters and integers may be any object. */
static bool says_what(tree type)
{
	if (!type || !POINTER_TYPE_P(type))
		return false;
	tree to = TREE_TYPE(type);
	return RECORD_OR_UNION_TYPE_P(to) || POINTER_TYPE_P(to) || TREE_CODE(to) == FUNCTION_TYPE ||
	       (TREE_CODE(to) == ARRAY_TYPE && RECORD_OR_UNION_TYPE_P(TREE_TYPE(to)));
}

/* ---- origins ---- */

static origin nothing()
{
	return { 0, 0, 0, -2 };
}

static origin made(unsigned bits, int level = 0, int phase = 0)
{
	return { bits, 0, level, phase };
}

/* The phase is that of an entry's address, if one of them may be one. */
static origin join(origin a, origin b)
{
	bool x = a.bits & (ENTRY | PARAM), y = b.bits & (ENTRY | PARAM);

	a.bits |= b.bits;
	a.params |= b.params;
	if (!a.level || (b.level && b.level < a.level))
		a.level = b.level;
	if (a.phase == -2 || (y && !x))
		a.phase = b.phase;
	else if (x && !y)
		;
	else if (b.phase != -2 && b.phase != a.phase)
		a.phase = ANY;
	return a;
}

static origin moved(origin a, tree by)
{
	if (by && TREE_CODE(by) == INTEGER_CST && a.phase >= 0)
		a.phase = (int)((a.phase + (TREE_INT_CST_LOW(by) & 7)) & 7);
	return a;
}

/* What is not known is a multiple of 8, because sums of it are entries' addresses; what was
 * multiplied by less is anything. */
static origin sum(origin a, origin b, tree by, int sign)
{
	unsigned address = ENTRY | PARAM;

	if (!a.bits || (!b.bits && TREE_CODE(by) != INTEGER_CST))
		return nothing();	/* not yet known */
	if (TREE_CODE(by) == INTEGER_CST) {
		if (a.phase >= 0)
			a.phase = (int)((a.phase + sign * (int)(TREE_INT_CST_LOW(by) & 7)) & 7);
		return a;
	}
	int phase = a.phase < 0 || b.phase < 0 ? ANY : (a.phase + sign * b.phase) & 7;
	if (b.bits & address)
		std::swap(a, b);
	if (a.bits & address) {
		a.bits |= b.bits & address || b.bits & (LOCAL | OTHER) ? MIXED : 0;
		a.bits |= b.bits & MIXED;
	} else {
		a = join(a, b);
		a.bits |= OPAQUE;
	}
	a.phase = phase;
	return a;
}

/* The type of its pointer decides where what it was computed from does not. */
static origin typed(origin a, tree type)
{
	int level = level_behind(type);

	if (!a.bits)
		return a;
	if (level && !(a.bits & (ENTRY | PARAM | LOCAL)))
		a = { ENTRY, 0, level, a.bits & OTHER ? ANY : a.phase };
	else if (level && !(a.bits & LOCAL))
		a.level = level;
	else if (!(a.bits & (ENTRY | PARAM | LOCAL | OTHER)) && says_what(type))
		a = made(OTHER);
	return a;
}

static origin of_operand(tree t);

/* What the address of this object is. */
static origin of_object(tree t)
{
	tree outer = t;
	HOST_WIDE_INT at = 0;

	while (handled_component_p(t)) {
		if (TREE_CODE(t) == COMPONENT_REF && TREE_CODE(DECL_FIELD_OFFSET(TREE_OPERAND(t, 1))) == INTEGER_CST)
			at += int_byte_position(TREE_OPERAND(t, 1));
		t = TREE_OPERAND(t, 0);
	}
	if (TREE_CODE(t) == MEM_REF || TREE_CODE(t) == TARGET_MEM_REF) {
		origin o = of_operand(TREE_OPERAND(t, 0));
		tree off = TREE_CODE(t) == MEM_REF ? TREE_OPERAND(t, 1) : TMR_OFFSET(t);

		if (TREE_CODE(t) == TARGET_MEM_REF) {
			if (TMR_INDEX2(t))
				o = sum(o, of_operand(TMR_INDEX2(t)), TMR_INDEX2(t), 1);
			if (TMR_INDEX(t)) {
				origin i = of_operand(TMR_INDEX(t));

				if (TMR_STEP(t) && (!(TREE_INT_CST_LOW(TMR_STEP(t)) & 7)))
					i.phase = 0;
				else if (TMR_STEP(t) && !integer_onep(TMR_STEP(t)))
					i.phase = ANY;
				o = sum(o, i, TMR_INDEX(t), 1);
			}
		}
		if (o.bits & (ENTRY | PARAM)) {
			o = moved(o, off);
			if (o.phase >= 0)
				o.phase = (int)((o.phase + at) & 7);
			return o;
		}
		/* a pointer without origin, through which the source reads one of them */
		if (!(o.bits & (LOCAL | OTHER))) {
			int level = level_of(TREE_TYPE(t));

			if (!level)
				level = level_behind(TREE_TYPE(off));
			if (level) {
				o = moved({ ENTRY, 0, level, o.phase == -2 ? 0 : o.phase }, off);
				if (o.phase >= 0)
					o.phase = (int)((o.phase + at) & 7);
				return o;
			}
			if (RECORD_OR_UNION_TYPE_P(TREE_TYPE(t)))
				o = made(OTHER);
		}
		if (o.bits & GIVEN) {
			o = moved(o, off);
			if (o.phase >= 0)
				o.phase = (int)((o.phase + at) & 7);
		}
		if (outer != t && (o.bits & OTHER) && level_of(TREE_TYPE(outer)))
			return made(LOCAL, level_of(TREE_TYPE(outer)));
		return o;
	}
	if (DECL_P(t)) {
		if (VAR_P(t) && is_global_var(t) && TREE_CODE(TREE_TYPE(t)) == ARRAY_TYPE && level_of(TREE_TYPE(t)))
			return made(ENTRY, level_of(TREE_TYPE(t)), (int)(at & 7));
		return made(level_of(TREE_TYPE(outer)) ? LOCAL : OTHER, level_of(TREE_TYPE(outer)));
	}
	return made(OTHER);
}

static origin of_operand(tree t)
{
	if (TREE_CODE(t) == SSA_NAME)
		return typed(names[SSA_NAME_VERSION(t)], TREE_TYPE(t));
	if (TREE_CODE(t) == ADDR_EXPR)
		return of_object(TREE_OPERAND(t, 0));
	return nothing();	/* a constant */
}

/* What was loaded from it. */
static origin loaded(tree ref, tree to)
{
	int level = level_behind(TREE_TYPE(ref));

	if (!level)
		level = level_behind(TREE_TYPE(to));
	if (level)
		return made(ENTRY, level);
	if (says_what(TREE_TYPE(ref)) || says_what(TREE_TYPE(to)))
		return made(OTHER);
	return made(OPAQUE | (of_object(ref).bits & (ENTRY | PARAM) ? HELD : 0), 0, 0);
}

static origin of_assignment(gimple *s)
{
	enum tree_code code = gimple_assign_rhs_code(s);
	tree a = gimple_assign_rhs1(s), b = gimple_num_ops(s) > 2 ? gimple_assign_rhs2(s) : NULL_TREE;
	origin x, y;

	if (gimple_assign_load_p(s))
		return loaded(a, gimple_assign_lhs(s));
	switch (code) {
	case SSA_NAME: case ADDR_EXPR: case PAREN_EXPR: case INTEGER_CST:
		return of_operand(a);
	CASE_CONVERT:
		if (TYPE_PRECISION(TREE_TYPE(gimple_assign_lhs(s))) < POINTER_SIZE)
			return made(OPAQUE | (of_operand(a).bits & HELD), 0, ANY);
		return of_operand(a);
	case POINTER_PLUS_EXPR: case PLUS_EXPR: case BIT_IOR_EXPR:
		x = TREE_CODE(a) == INTEGER_CST ? made(OPAQUE, 0, (int)(TREE_INT_CST_LOW(a) & 7)) : of_operand(a);
		y = of_operand(b);
		if (code == POINTER_PLUS_EXPR && TREE_CODE(a) == SSA_NAME)
			y.bits &= ~HELD;	/* an index is not what leads there */
		if (y.phase != -2 && !y.bits)
			y.bits = OPAQUE;
		return sum(x, y, b, 1);
	case MINUS_EXPR: case POINTER_DIFF_EXPR:
		x = TREE_CODE(a) == INTEGER_CST ? made(OPAQUE, 0, (int)(TREE_INT_CST_LOW(a) & 7)) : of_operand(a);
		y = of_operand(b);
		if (!x.bits)
			return nothing();
		if (y.bits & (ENTRY | PARAM))	/* a distance */
			return made(OPAQUE | (x.bits & (ENTRY | PARAM) ? 0 : MIXED), 0,
				    x.phase < 0 || y.phase < 0 ? ANY : (x.phase - y.phase) & 7);
		return sum(x, y, b, -1);
	case NEGATE_EXPR:
		x = of_operand(a);
		if (!x.bits)
			return nothing();
		return made(OPAQUE | (x.bits & (HELD | MIXED)), 0, x.phase < 0 ? ANY : -x.phase & 7);
	case MULT_EXPR: case LSHIFT_EXPR:
		x = of_operand(a);
		if (TREE_CODE(b) == INTEGER_CST && (code == MULT_EXPR ? !(TREE_INT_CST_LOW(b) & 7) : TREE_INT_CST_LOW(b) >= 3))
			return made(OPAQUE | (x.bits & (HELD | MIXED)), 0, 0);
		return made(OPAQUE | ((x.bits | of_operand(b).bits) & (HELD | MIXED)), 0, ANY);
	case BIT_AND_EXPR:
		x = of_operand(a), y = of_operand(b);
		if (!x.bits || (!y.bits && TREE_CODE(b) != INTEGER_CST))
			return nothing();
		x = join(x, y);
		x.bits |= OPAQUE;
		if (TREE_CODE(b) != INTEGER_CST || (TREE_INT_CST_LOW(b) & 7) != 7)
			x.phase = TREE_CODE(b) == INTEGER_CST && !(TREE_INT_CST_LOW(b) & 7) ? 0 : ANY;
		return x;
	case COND_EXPR:
		return join(of_operand(b), of_operand(gimple_assign_rhs3(s)));
	case MIN_EXPR: case MAX_EXPR:
		return join(of_operand(a), of_operand(b));
	default: {
		unsigned value = 0;

		for (unsigned i = 1; i < gimple_num_ops(s); i++)
			if (gimple_op(s, i))
				value |= of_operand(gimple_op(s, i)).bits & (HELD | MIXED);
		return made(OPAQUE | value, 0, ANY);
	}
	}
}

static origin of_definition(tree name)
{
	gimple *s = SSA_NAME_DEF_STMT(name);
	tree type = TREE_TYPE(name);

	if (SSA_NAME_IS_DEFAULT_DEF(name)) {
		tree var = SSA_NAME_VAR(name), p;
		unsigned k = 0;

		if (!var || VAR_P(var))	/* of no value */
			return made(OPAQUE);
		if (TREE_CODE(var) == RESULT_DECL)
			return made(LOCAL, level_behind(TREE_TYPE(var)));
		if (POINTER_TYPE_P(type) && DECL_BY_REFERENCE(var))
			return made(LOCAL, level_behind(TREE_TYPE(var)));
		for (p = DECL_ARGUMENTS(current_function_decl); p && p != var; p = DECL_CHAIN(p))
			k++;
		int level = level_behind(TREE_TYPE(var));
		if (!level)
			level = level_behind(type);
		if (level)
			return { PARAM, k < 32 ? 1u << k : 0, level, 0 };
		if (says_what(TREE_TYPE(var)))
			return made(OTHER);
		return { OPAQUE | GIVEN, k < 32 ? 1u << k : 0, 0, 0 };
	}
	if (is_a<gphi *>(s)) {
		origin o = nothing();

		for (unsigned i = 0; i < gimple_phi_num_args(s); i++)
			o = join(o, of_operand(gimple_phi_arg_def(s, i)));
		return o;
	}
	if (is_gimple_assign(s))
		return of_assignment(s);
	if (is_gimple_call(s)) {
		tree fntype = gimple_call_fntype(s);
		tree ret = fntype ? TREE_TYPE(fntype) : type;

		if (level_behind(ret) || level_behind(type))
			return made(ENTRY, level_behind(ret) ? level_behind(ret) : level_behind(type));
		return says_what(ret) || says_what(type) ? made(OTHER) : made(OPAQUE);
	}
	if (gasm *g = dyn_cast<gasm *>(s)) {	/* what it makes of them, only its type says */
		unsigned bits = OPAQUE;

		for (unsigned i = 0; i < gimple_asm_ninputs(g); i++) {
			tree in = TREE_VALUE(gimple_asm_input_op(g, i));
			unsigned from = TREE_CODE(in) == SSA_NAME || TREE_CODE(in) == ADDR_EXPR ? of_operand(in).bits :
					of_object(in).bits & (ENTRY | PARAM) ? HELD : 0;

			bits |= from & HELD;
			if (from & (ENTRY | PARAM | MIXED))
				bits |= MIXED;
		}
		return made(bits);
	}
	return made(OPAQUE);
}

/* ---- places ---- */

/* The calls that were inlined, by the variables that their arguments became. */
static void gather_arguments(tree block, std::map<tree, tree> &call_of)
{
	for (; block; block = BLOCK_CHAIN(block)) {
		if (inlined_function_outer_scope_p(block) && TREE_CODE(BLOCK_SUPERCONTEXT(block)) == BLOCK)
			for (tree v = BLOCK_VARS(block); v; v = DECL_CHAIN(v))
				call_of.insert({ v, block });
		gather_arguments(BLOCK_SUBBLOCKS(block), call_of);
	}
}

static location_t next_place(gimple_stmt_iterator g)
{
	for (; !gsi_end_p(g); gsi_next(&g))
		if (!is_gimple_debug(gsi_stmt(g)) && gimple_location(gsi_stmt(g)) > BUILTINS_LOCATION)
			return gimple_location(gsi_stmt(g));
	return UNKNOWN_LOCATION;
}

/*
 * gcc gives no place to what inlining makes: an argument by value, pmd_none(*pmd), is a copy that is nowhere, and would be
 * where the instruction before it is. It is where the call was; and what else has no place, where the next statement is.
 */
static void give_places()
{
	std::map<tree, tree> call_of;
	basic_block bb;

	gather_arguments(DECL_INITIAL(current_function_decl), call_of);
	FOR_EACH_BB_FN(bb, cfun)
		for (gimple_stmt_iterator g = gsi_start_bb(bb); !gsi_end_p(g); gsi_next(&g)) {
			gimple *s = gsi_stmt(g);

			if (!gimple_assign_single_p(s) || gimple_location(s) > BUILTINS_LOCATION || !(gimple_assign_load_p(s) || gimple_store_p(s)))
				continue;
			tree to = gimple_assign_lhs(s);
			auto found = call_of.find(TREE_CODE(to) == SSA_NAME ? SSA_NAME_VAR(to) : get_base_address(to));
			if (found == call_of.end()) {
				gimple_set_location(s, next_place(g));
				continue;
			}
			gimple_set_location(s, BLOCK_SOURCE_LOCATION(found->second));
			gimple_set_block(s, BLOCK_SUPERCONTEXT(found->second));
		}
}

/* ---- what is written down ---- */

static unsigned numbered;

static const char *function_name(tree decl)
{
	return IDENTIFIER_POINTER(DECL_ASSEMBLER_NAME(decl));
}

static std::string spot(location_t l, tree decl)
{
	expanded_location x = expand_location(l);
	const char *s = decl && DECL_NAME(decl) ? IDENTIFIER_POINTER(DECL_NAME(decl)) : "?";

	return std::string(x.file ? x.file : "?") + ":" + std::to_string(x.line) + ":" + std::to_string(x.column) + " " + s;
}

static std::string place(location_t l)
{
	tree b = LOCATION_BLOCK(l);
	std::string s;

	for (; b && TREE_CODE(b) == BLOCK; b = BLOCK_SUPERCONTEXT(b)) {
		if (!inlined_function_outer_scope_p(b))
			continue;
		tree o = block_ultimate_origin(b);

		s += spot(l, o && TREE_CODE(o) == FUNCTION_DECL ? o : NULL_TREE) + " < ";
		l = BLOCK_SOURCE_LOCATION(b);
	}
	return s + spot(l, current_function_decl);
}

static std::string written(origin o)
{
	std::string s = std::string(levels[o.level]) + "\t";
	static const char letters[] = "EPLOQVMU";

	for (int i = 0; letters[i]; i++)
		if (o.bits >> i & 1)
			s += letters[i];
	return s + (o.bits ? "" : "-") + "\t" + std::to_string(o.params);
}

static std::vector<std::string> calls;

static void note_call(gcall *s)
{
	tree fn = gimple_call_fn(s), decl = gimple_call_fndecl(s);
	std::string callee = "*";

	if (gimple_call_internal_p(s))
		return;
	if (decl) {
		callee = function_name(decl);
	} else if (fn && TREE_CODE(fn) == SSA_NAME && is_gimple_assign(SSA_NAME_DEF_STMT(fn))) {
		tree from = gimple_assign_rhs1(SSA_NAME_DEF_STMT(fn));

		if (TREE_CODE(from) == COMPONENT_REF && DECL_NAME(TREE_OPERAND(from, 1)))
			callee += IDENTIFIER_POINTER(DECL_NAME(TREE_OPERAND(from, 1)));
	}
	if (callee[0] == '*' && callee[1] == '*')
		callee.erase(0, 1);
	for (unsigned i = 0; i < gimple_call_num_args(s); i++) {
		tree arg = gimple_call_arg(s, i);
		origin o;

		if (TREE_CODE(arg) != SSA_NAME && TREE_CODE(arg) != ADDR_EXPR && TREE_CODE(arg) != INTEGER_CST)
			continue;
		o = of_operand(arg);
		if (!(o.bits & (ENTRY | PARAM | LOCAL | GIVEN)) && !(TREE_CODE(arg) == INTEGER_CST && level_behind(TREE_TYPE(arg))))
			continue;
		calls.push_back(std::string("C\t") + function_name(current_function_decl) + "\t" + callee + "\t" +
				std::to_string(i) + "\t" + written(o) + "\t" + place(gimple_location(s)));
	}
}

static void note_asm(gasm *g)
{
	for (unsigned i = 0; i < gimple_asm_ninputs(g); i++) {
		tree in = TREE_VALUE(gimple_asm_input_op(g, i));
		origin o;

		if (TREE_CODE(in) != SSA_NAME && TREE_CODE(in) != ADDR_EXPR)
			continue;
		o = of_operand(in);
		if (o.bits & (ENTRY | PARAM | GIVEN)) {
			origin &to = asms.insert({ { gimple_location(g), gimple_asm_string(g) }, {} }).first->second
				.insert({ i, nothing() }).first->second;
			to = join(to, o);
		}
	}
}

static void flow()
{
	unsigned n = num_ssa_names, i;
	bool again = true;
	basic_block bb;

	names.assign(n, nothing());
	asms.clear();
	calls.clear();
	while (again) {
		again = false;
		for (i = 1; i < n; i++) {
			tree s = ssa_name(i);
			origin o;

			if (!s || SSA_NAME_IN_FREE_LIST(s) || virtual_operand_p(s))
				continue;
			o = join(names[i], of_definition(s));
			if (memcmp(&o, &names[i], sizeof(o)))
				names[i] = o, again = true;
		}
	}
	FOR_EACH_BB_FN(bb, cfun)
		for (gimple_stmt_iterator g = gsi_start_bb(bb); !gsi_end_p(g); gsi_next(&g)) {
			if (gcall *c = dyn_cast<gcall *>(gsi_stmt(g)))
				note_call(c);
			else if (gasm *a = dyn_cast<gasm *>(gsi_stmt(g)))
				note_asm(a);
		}
}

/* ---- registers ---- */

/*
 * Where two instructions are merged into one, gcc forgets the expressions. What is left is the
 * pseudo register that the address was in: its origin is that of whatever was accessed
 * through it when the function had just become instructions.
 */
static std::map<unsigned, origin> pseudos;
/* Instructions that had none from the start: of a block that is copied or filled. No entry is as
 * large as a block, and memcpy and memset are calls, whose arguments are followed. */
static std::set<int> blocks;

static bool is_listed(origin o)
{
	return (o.bits & (ENTRY | PARAM)) || ((o.bits & (MIXED | HELD | GIVEN)) && !(o.bits & (OTHER | LOCAL)));
}

/* [reg], [reg + constant] */
static rtx base_of(rtx a, HOST_WIDE_INT *disp)
{
	*disp = 0;
	if (GET_CODE(a) == PLUS && CONST_INT_P(XEXP(a, 1))) {
		*disp = INTVAL(XEXP(a, 1));
		a = XEXP(a, 0);
	}
	return REG_P(a) ? a : NULL_RTX;
}

static void registers()
{
	subrtx_iterator::array_type array;

	pseudos.clear();
	blocks.clear();
	for (rtx_insn *in = get_insns(); in; in = NEXT_INSN(in)) {
		if (!NONDEBUG_INSN_P(in))
			continue;
		FOR_EACH_SUBRTX(i, array, PATTERN(in), NONCONST) {
			const_rtx x = *i;
			HOST_WIDE_INT disp;
			rtx r = MEM_P(x) ? base_of(XEXP(x, 0), &disp) : NULL_RTX;

			if (MEM_P(x) && !MEM_EXPR(x) && !MEM_VOLATILE_P(x))
				blocks.insert(INSN_UID(in));
			if (!r || HARD_REGISTER_P(r) || !MEM_EXPR(x))
				continue;
			origin o = of_object(MEM_EXPR(x));
			if (o.phase >= 0 && MEM_OFFSET_KNOWN_P(x))
				o.phase = (int)((o.phase + (long)MEM_OFFSET(x).to_constant() - disp) & 7);
			if (!o.bits)
				o.bits = OPAQUE;
			origin &to = pseudos.insert({ REGNO(r), nothing() }).first->second;
			to = join(to, o);
		}
	}
}

/* false: gcc does not say */
static bool of_lost(rtx mem, origin *o)
{
	HOST_WIDE_INT disp;
	rtx r = base_of(XEXP(mem, 0), &disp);
	auto found = r ? pseudos.find(ORIGINAL_REGNO(r)) : pseudos.end();

	if (found == pseudos.end())
		return false;
	*o = found->second;
	if ((o->bits & (ENTRY | PARAM)) && (o->bits & (OTHER | LOCAL | OPAQUE)))
		return false;
	if (o->phase >= 0)
		o->phase = (int)((o->phase + disp) & 7);
	return true;
}

/* ---- instructions ---- */

struct noted {
	unsigned n;
	bool started, site;
	std::vector<std::string> lines;
};
static std::map<int, noted> insns;

/* As machines number them. */
static int machine_number(const_rtx r)
{
	unsigned n = REGNO(r);
#ifdef TARGET_ARM
	return n < 16 ? (int)n : -2;
#else
	static const signed char of[] = { 0, 2, 1, 3, 6, 7, 5, 4 };

	return n < 8 ? of[n] : n >= 36 && n < 44 ? (int)n - 28 : -2;
#endif
}

/* base:index:disp, -1 for none; a disp that is a symbol's is ? */
static std::string address(rtx a, bool *ours)
{
	int base = -1, index = -1;
	HOST_WIDE_INT disp = 0;
	bool symbol = false, vague = false;
	std::vector<rtx> todo(1, a);

	while (!todo.empty()) {
		rtx x = todo.back();

		todo.pop_back();
		switch (GET_CODE(x)) {
		case PLUS:
			todo.push_back(XEXP(x, 1));
			todo.push_back(XEXP(x, 0));
			break;
		case PRE_MODIFY:
			todo.push_back(XEXP(x, 1));
			break;
		case POST_MODIFY: case POST_INC: case POST_DEC:
			todo.push_back(XEXP(x, 0));
			break;
		case PRE_INC: case PRE_DEC:
			vague = true;
			todo.push_back(XEXP(x, 0));
			break;
		case MULT: case ASHIFT:
			if (REG_P(XEXP(x, 0)))
				index = machine_number(XEXP(x, 0));
			else
				vague = true;
			break;
		case REG:
			if (base == -1)
				base = machine_number(x);
			else
				index = machine_number(x);
			break;
		case CONST_INT:
			disp += INTVAL(x);
			break;
		case SYMBOL_REF: case LABEL_REF: case CONST: case UNSPEC:
			symbol = true;
			break;
		default:
			vague = true;
		}
	}
	*ours = symbol || base == machine_number(stack_pointer_rtx) ||
		(frame_pointer_needed && base == machine_number(hard_frame_pointer_rtx));
	return std::to_string(base) + ":" + std::to_string(index) + ":" + (symbol || vague ? "?" : std::to_string(disp));
}

/* An instruction without a line is on that of the one before, as in DWARF's table, in column 0. */
static std::string placed(rtx_insn *in)
{
	location_t l = DECL_SOURCE_LOCATION(current_function_decl);

	for (rtx_insn *i = in; i; i = PREV_INSN(i))
		if (INSN_P(i) && LOCATION_LOCUS(INSN_LOCATION(i)) > BUILTINS_LOCATION) {
			l = INSN_LOCATION(i);
			if (i == in)
				return place(l);
			break;
		}
	std::string s = place(l);
	size_t column = s.rfind(':', s.find(' ')) + 1;
	return s.replace(column, s.find(' ') - column, "0");
}

static void note(rtx_insn *in, const std::string &kind, const std::string &rest)
{
	noted &to = insns.insert({ INSN_UID(in), { numbered, false, false, {} } }).first->second;

	if (to.n == numbered)
		numbered++;
	to.lines.push_back(kind + "\t" + std::to_string(to.n) + "\t" + function_name(current_function_decl) + "\t" + rest);
}

static void note_memory(rtx_insn *in, int block, rtx mem, char what)
{
	tree expr = MEM_EXPR(mem), t = expr;
	bool ours, sized = MEM_SIZE_KNOWN_P(mem);
	std::string at = address(XEXP(mem, 0), &ours), group;
	long width = sized ? (long)MEM_SIZE(mem).to_constant() : 0, far = 0;
	HOST_WIDE_INT disp;
	origin o;

	if (GET_MODE(mem) == BLKmode && GET_CODE(XEXP(mem, 0)) == SCRATCH)
		return;	/* asm's "memory" */
	if (expr) {
		o = of_object(expr);
		if (o.phase >= 0 && MEM_OFFSET_KNOWN_P(mem))
			o.phase = (int)((o.phase + (long)MEM_OFFSET(mem).to_constant()) & 7);
		else
			o.phase = ANY;
		while (handled_component_p(t))
			t = TREE_OPERAND(t, 0);
		if (TREE_CODE(t) == MEM_REF || TREE_CODE(t) == TARGET_MEM_REF) {
			tree p = TREE_OPERAND(t, 0), off = TREE_CODE(t) == MEM_REF ? TREE_OPERAND(t, 1) : TMR_OFFSET(t);

			group = TREE_CODE(p) == SSA_NAME ? std::to_string(SSA_NAME_VERSION(p)) : "-";
			far = off && TREE_CODE(off) == INTEGER_CST ? (long)(TREE_INT_CST_LOW(off) >> 3) : 0;
		} else if (DECL_P(t) && DECL_NAME(t)) {
			group = IDENTIFIER_POINTER(DECL_NAME(t));
		}
	} else if (of_lost(mem, &o)) {
		group = "r" + std::to_string(ORIGINAL_REGNO(base_of(XEXP(mem, 0), &disp)));
		far = disp >> 3;
	} else {
		if (!ours && !MEM_NOTRAP_P(mem) && GET_MODE(mem) != BLKmode && !blocks.count(INSN_UID(in)))
			note(in, "?", std::string(1, what) + "\t" + std::to_string(width) + "\t" + at + "\t" + placed(in));
		return;
	}
	if (!is_listed(o))
		return;
	note(in, "A", std::to_string(block) + "\t" + what + "\t" + std::to_string(o.phase) + "\t" + std::to_string(width) + "\t" +
	     written(o) + "\t" + at + "\t" + group + "+" + std::to_string(far) + "\t" + placed(in));
}

struct touched { rtx mem; bool read, written; };

static void gather(std::vector<touched> &all, rtx x, bool dest)
{
	const char *format;
	int i, j;

	if (!x)
		return;
	switch (GET_CODE(x)) {
	case MEM:
		for (touched &t : all)
			if (rtx_equal_p(t.mem, x)) {
				t.read |= !dest, t.written |= dest;
				return;
			}
		all.push_back({ x, !dest, dest });
		gather(all, XEXP(x, 0), false);
		return;
	case SET:
		gather(all, SET_SRC(x), false);
		gather(all, SET_DEST(x), true);
		return;
	case ZERO_EXTRACT: case STRICT_LOW_PART:
		gather(all, XEXP(x, 0), dest);
		if (dest)
			gather(all, XEXP(x, 0), false);
		return;
	case SUBREG:
		gather(all, SUBREG_REG(x), dest);
		return;
	case CLOBBER: case USE: case PREFETCH:
		return;
	case CALL:	/* the outer MEM is the function */
		if (MEM_P(XEXP(x, 0)))
			gather(all, XEXP(XEXP(x, 0), 0), false);
		return;
	default:
		break;
	}
	format = GET_RTX_FORMAT(GET_CODE(x));
	for (i = 0; i < GET_RTX_LENGTH(GET_CODE(x)); i++) {
		if (format[i] == 'e')
			gather(all, XEXP(x, i), false);
		else if (format[i] == 'E')
			for (j = 0; j < XVECLEN(x, i); j++)
				gather(all, XVECEXP(x, i, j), false);
	}
}

/* An address in a register is all that some asm is told of an entry. */
static void note_asm_insn(rtx_insn *in, int block)
{
	rtx a = extract_asm_operands(PATTERN(in));

	if (!a)
		return;
	for (const auto &k : asms) {
		if (k.first.first != ASM_OPERANDS_SOURCE_LOCATION(a) || k.first.second != ASM_OPERANDS_TEMPLATE(a))
			continue;
		for (const auto &i : k.second) {
			rtx r = (int)i.first < ASM_OPERANDS_INPUT_LENGTH(a) ? ASM_OPERANDS_INPUT(a, i.first) : NULL_RTX;

			note(in, "G", std::to_string(block) + "\t" +
			     std::to_string(r && REG_P(r) ? machine_number(r) : -2) + "\t" +
			     std::to_string(i.second.phase) + "\t" + written(i.second) + "\t" + placed(in));
		}
	}
}

/* What an instrumented object announces, at the address behind the call. */
static bool instrumented;

static void note_site(rtx_insn *in)
{
	rtx call = CALL_P(in) ? get_call_rtx_from(in) : NULL_RTX;
	rtx callee = call ? XEXP(XEXP(call, 0), 0) : NULL_RTX;
	const char *name = callee && GET_CODE(callee) == SYMBOL_REF ? XSTR(callee, 0) : "";

	name += *name == '*';
	if (strncmp(name, "__tsan_", 7) || (!strstr(name, "read") && !strstr(name, "write")))
		return;
	const bool word = strchr("124", name[strlen(name) - 1]);
	noted &to = insns.insert({ INSN_UID(in), { numbered++, false, true, {} } }).first->second;
	to.lines.push_back(std::string(strstr(name, "write") ? word ? "w" : "W" : word ? "r" : "R") + "\t" + main_input_filename + "\t" +
			   placed(in));
}

static bool printed(rtx_insn *in)
{
	return NONDEBUG_INSN_P(in) && GET_CODE(PATTERN(in)) != USE && GET_CODE(PATTERN(in)) != CLOBBER &&
	       GET_CODE(PATTERN(in)) != ASM_INPUT && GET_CODE(PATTERN(in)) != ADDR_VEC && GET_CODE(PATTERN(in)) != ADDR_DIFF_VEC;
}

static void put(const std::string &line)
{
	fprintf(asm_out_file, "\t.ascii \"%s\\n\"\n", line.c_str());
}

static void (*before)(FILE *, rtx_insn *, rtx *, int);

static void label(char end, noted &of)
{
	fprintf(asm_out_file, "tornwalk_%c_%u:\n", end, of.n);
}

static void start_next(rtx_insn *in)
{
	while (in && !printed(in))
		in = NEXT_INSN(in);
	if (!in)
		return;
	auto found = insns.find(INSN_UID(in));
	if (found == insns.end() || found->second.started)
		return;
	label('s', found->second);
	found->second.started = true;
}

static void after_insn(FILE *f, rtx_insn *in, rtx *ops, int n)
{
	auto found = insns.find(INSN_UID(in));

	if (before)
		before(f, in, ops, n);
	if (found != insns.end()) {
		label('e', found->second);
		fprintf(asm_out_file, "\t.pushsection %s\n", found->second.site ? ".tornwalk_sites" : ".tornwalk");
		for (const std::string &line : found->second.lines)
			if (found->second.site)
				fprintf(asm_out_file, "\t.long tornwalk_e_%u\n\t.asciz \"%s\"\n", found->second.n, line.c_str());
			else
				put(line);
		fprintf(asm_out_file, "\t.popsection\n");
		insns.erase(found);
	}
	start_next(NEXT_INSN(in));
}

static void list()
{
	int block = 0;

	/* what the last function noted and never printed is told, not dropped */
	insns.clear();
	for (rtx_insn *in = get_insns(); in; in = NEXT_INSN(in)) {
		std::vector<touched> all;

		if (LABEL_P(in) || JUMP_P(in) || (NOTE_P(in) && NOTE_KIND(in) == NOTE_INSN_BASIC_BLOCK))
			block++;
		if (!printed(in))
			continue;
		if (instrumented) {
			note_site(in);
			continue;
		}
		gather(all, PATTERN(in), false);
		for (const touched &t : all)
			note_memory(in, block, t.mem, t.read && t.written ? 'B' : t.written ? 'W' : 'R');
		note_asm_insn(in, block);
	}
	if (instrumented)
		return;
	fprintf(asm_out_file, "\t.pushsection .tornwalk\n");
	put(std::string("D\t") + function_name(current_function_decl) + "\t" + std::to_string(insns.size()));
	for (const std::string &line : calls)
		put(line);
	fprintf(asm_out_file, "\t.popsection\n");
	calls.clear();
}

/* ---- passes ---- */

static const pass_data places_data = { GIMPLE_PASS, "tornwalk_places", OPTGROUP_NONE, TV_NONE, PROP_cfg, 0, 0, 0, 0 };
static const pass_data flow_data = { GIMPLE_PASS, "tornwalk_flow", OPTGROUP_NONE, TV_NONE, PROP_ssa, 0, 0, 0, 0 };
static const pass_data registers_data = { RTL_PASS, "tornwalk_registers", OPTGROUP_NONE, TV_NONE, 0, 0, 0, 0, 0 };
static const pass_data list_data = { RTL_PASS, "tornwalk_list", OPTGROUP_NONE, TV_NONE, 0, 0, 0, 0, 0 };

struct places_pass : gimple_opt_pass {
	places_pass() : gimple_opt_pass(places_data, g) {}
	opt_pass *clone() final override { return new places_pass; }
	unsigned int execute(function *) final override { give_places(); return 0; }
};

struct flow_pass : gimple_opt_pass {
	flow_pass() : gimple_opt_pass(flow_data, g) {}
	unsigned int execute(function *) final override { flow(); return 0; }
};

struct registers_pass : rtl_opt_pass {
	registers_pass() : rtl_opt_pass(registers_data, g) {}
	unsigned int execute(function *) final override { registers(); return 0; }
};

struct list_pass : rtl_opt_pass {
	list_pass() : rtl_opt_pass(list_data, g) {}
	unsigned int execute(function *) final override { list(); return 0; }
};

int plugin_init(plugin_name_args *info, plugin_gcc_version *version)
{
	/* inlining comes early, and once more before all the rest */
	register_pass_info early = { new places_pass, "einline", 1, PASS_POS_INSERT_AFTER };
	register_pass_info late = { new places_pass, "fixup_cfg", 0, PASS_POS_INSERT_AFTER };
	register_pass_info first = { new flow_pass, "optimized", 1, PASS_POS_INSERT_AFTER };
	register_pass_info then = { new registers_pass, "vregs", 1, PASS_POS_INSERT_BEFORE };
	register_pass_info last = { new list_pass, "final", 1, PASS_POS_INSERT_BEFORE };

	if (!plugin_default_version_check(version, &gcc_version))
		return 1;
	register_callback(info->base_name, PLUGIN_PASS_MANAGER_SETUP, NULL, &early);
	register_callback(info->base_name, PLUGIN_PASS_MANAGER_SETUP, NULL, &late);
	register_callback(info->base_name, PLUGIN_PASS_MANAGER_SETUP, NULL, &first);
	register_callback(info->base_name, PLUGIN_PASS_MANAGER_SETUP, NULL, &then);
	register_callback(info->base_name, PLUGIN_PASS_MANAGER_SETUP, NULL, &last);
	instrumented = flag_sanitize & SANITIZE_THREAD;
	before = targetm.asm_out.final_postscan_insn;
	targetm.asm_out.final_postscan_insn = after_insn;
	return 0;
}
