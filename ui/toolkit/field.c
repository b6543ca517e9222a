#include "ui/toolkit/field.h"

#include "ui/drawing/theme.h"

#include <SDL.h>
#include <string.h>

static const Face body = {THEME_BODY, false, false};

bool field_frame(Gui *g, GuiId id, Box box, GString *text, const char *hint) {
    const Theme *theme = g->theme;
    GuiState s = gui_control(g, id, box, GUI_FIELD);
    if (s.begun) g->field.cursor = (int)text->len, g->field.all = false;
    int cursor = s.focused ? CLAMP(g->field.cursor, 0, (int)text->len) : 0;
    draw_round(g->draw, box, THEME_RADIUS, theme->back);
    draw_ring(g->draw, box, THEME_RADIUS, s.focused ? 1.5 : 1,
              s.focused ? theme->focus : theme->edge);
    Box in = {box.x + 10, box.y, box.w - 20, box.h};
    Area clip = draw_clip(g->draw, in);
    g_autofree char *before = g_strndup(text->str, (gsize)cursor);
    double caret = s.focused ? draw_text_width(g->draw, body, before) : 0;
    double slide = MAX(caret - in.w + 2, 0);
    Box line = {in.x - slide, in.y, 1e5, in.h};
    if (s.focused && g->field.all)
        draw_box(g->draw,
                 (Box){line.x, in.y + 6, draw_text_width(g->draw, body, text->str),
                       in.h - 12},
                 theme->selected);
    if (text->len)
        draw_text(g->draw, body, line, ALIGN_LEFT, theme->text, text->str);
    else
        draw_text(g->draw, body, in, ALIGN_LEFT, theme->faint, hint);
    if (s.focused)
        draw_box(g->draw, (Box){line.x + caret, in.y + 6, 1.5, in.h - 12}, theme->text);
    draw_unclip(g->draw, clip);
    return s.focused && s.clicked && !g->field.clicked && !g->input->released;
}

static void erase(Gui *g, GString *text, const char *from, const char *to) {
    g->field.cursor = (int)(from - text->str);
    g_string_erase(text, from - text->str, to - from);
}

bool field_key(Gui *g, GString *text, const KeyEvent *key) {
    g->field.cursor = CLAMP(g->field.cursor, 0, (int)text->len);
    const char *at = text->str + g->field.cursor, *end = text->str + text->len;
    const char *next = at < end ? g_utf8_next_char(at) : at;
    const char *before = at > text->str ? g_utf8_prev_char(at) : at;
    if (!key->down || key->modifiers & KEY_ALT) return false;
    bool all = g->field.all;
    g->field.all = false;
    if (key->modifiers & KEY_CTRL) {
        if (key->code == SDLK_a || key->code == SDLK_c) g->field.all = true;
        if (key->code == SDLK_a) g->field.cursor = (int)text->len;
        if (key->code == SDLK_c) SDL_SetClipboardText(text->str);
        if (g->field.all) return true;
        if (key->code != SDLK_v) return false;
        g->field.all = all; // pasted text replaces the selected text
        char *pasted = SDL_GetClipboardText();
        field_type(g, text, pasted);
        SDL_free(pasted);
        return true;
    }
    if (all && (key->code == SDLK_BACKSPACE || key->code == SDLK_DELETE)) {
        erase(g, text, text->str, end);
        return true;
    }
    switch (key->code) {
    case SDLK_LEFT: g->field.cursor = (int)(before - text->str); return true;
    case SDLK_RIGHT: g->field.cursor = (int)(next - text->str); return true;
    case SDLK_HOME: g->field.cursor = 0; return true;
    case SDLK_END: g->field.cursor = (int)text->len; return true;
    case SDLK_BACKSPACE: erase(g, text, before, at); return true;
    case SDLK_DELETE: erase(g, text, at, next); return true;
    case SDLK_ESCAPE:
    case SDLK_TAB:
    case SDLK_RETURN:
    case SDLK_KP_ENTER:
    case SDLK_UP:
    case SDLK_DOWN: return false;
    default:
        g->field.all = all;
        return key->code < SDLK_CAPSLOCK; // arrives as a text event
    }
}

void field_type(Gui *g, GString *text, const char *typed) {
    g_autofree char *valid = g_utf8_make_valid(typed, -1);
    g_strdelimit(valid, "\n\r\t", ' ');
    if (g->field.all) g_string_truncate(text, 0);
    g->field.all = false;
    g->field.cursor = CLAMP(g->field.cursor, 0, (int)text->len);
    g_string_insert(text, g->field.cursor, valid);
    g->field.cursor += (int)strlen(valid);
}
