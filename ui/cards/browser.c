#include "ui/cards/browser.h"

#include "midi/file_name.h"
#include "ui/cards/card.h"
#include "ui/drawing/text.h"
#include "ui/drawing/theme.h"
#include "ui/toolkit/field.h"
#include "ui/toolkit/widgets.h"

#include <SDL.h>
#include <glib/gstdio.h>
#include <string.h>

static void entry_clear(gpointer entry) {
    BrowserEntry *e = entry;
    g_free(e->path);
    g_free(e->name);
    g_free(e->detail);
}

void browser_clear(Browser *b) {
    g_free(b->folder);
    g_free(b->problem);
    if (b->entries) g_array_free(b->entries, TRUE);
    if (b->shown) g_array_free(b->shown, TRUE);
    if (b->filter) g_string_free(b->filter, TRUE);
    if (b->filtered) g_string_free(b->filtered, TRUE);
    session_edit_clear(&b->edit);
    *b = (Browser){0};
}

static gint by_name(gconstpointer a, gconstpointer b) {
    const BrowserEntry *x = a, *y = b;
    if (x->folder != y->folder) return x->folder ? -1 : 1;
    g_autofree char *left = g_utf8_collate_key_for_filename(x->name, -1);
    g_autofree char *right = g_utf8_collate_key_for_filename(y->name, -1);
    return strcmp(left, right);
}

static void add_file(Browser *b, const char *folder, const char *name) {
    GStatBuf st;
    BrowserEntry e = {.path = g_build_filename(folder, name, NULL)};
    if (g_stat(e.path, &st) != 0) {
        g_free(e.path);
        return;
    }
    e.folder = S_ISDIR(st.st_mode);
    if (!e.folder && !(S_ISREG(st.st_mode) && file_name_is_midi(name))) {
        g_free(e.path);
        return;
    }
    e.name = g_filename_display_name(name);
    if (!e.folder) e.detail = g_format_size((guint64)st.st_size);
    g_array_append_val(b->entries, e);
}

static void read_folder(Browser *b) {
    GError *error = NULL;
    g_array_set_size(b->entries, 0);
    g_clear_pointer(&b->problem, g_free);
    GDir *dir = g_dir_open(b->folder, 0, &error);
    if (!dir) {
        b->problem = g_strdup(error->message);
        g_error_free(error);
        return;
    }
    for (const char *name; (name = g_dir_read_name(dir));)
        if (name[0] != '.' && b->entries->len < BROWSER_MOST)
            add_file(b, b->folder, name);
    g_dir_close(dir);
    g_array_sort(b->entries, by_name);
}

static void read_recent(Browser *b, const View *v) {
    const char *home = g_get_home_dir();
    g_array_set_size(b->entries, 0);
    for (int i = 0; i < v->files.recent_count; i++) {
        g_autofree char *folder = g_path_get_dirname(v->files.recent[i]);
        bool mine = g_str_has_prefix(folder, home) && strlen(home) > 1;
        BrowserEntry e = {
            .path = g_strdup(v->files.recent[i]),
            .name = g_filename_display_basename(v->files.recent[i]),
            .detail = mine ? g_strconcat("~", folder + strlen(home), NULL)
                           : g_strdup(folder),
        };
        g_array_append_val(b->entries, e);
    }
}

static void read_sessions(Browser *b, const View *v) {
    g_array_set_size(b->entries, 0);
    b->sessions_version = v->sessions.version;
    for (int i = 0; i < v->sessions.count; i++) {
        const ViewSession *s = &v->sessions.list[i];
        BrowserEntry e = {g_strdup(s->path), g_strdup(s->name), g_strdup(s->detail),
                          false};
        g_array_append_val(b->entries, e);
    }
}

// Returns whether the name contains every word of the filter, in upper or lower case.
static bool passes(const char *name, char *const *words) {
    g_autofree char *folded = g_utf8_casefold(name, -1);
    for (; *words; words++)
        if (!strstr(folded, *words)) return false;
    return true;
}

static void filter(Browser *b) {
    g_autofree char *folded = g_utf8_casefold(b->filter->str, -1);
    g_auto(GStrv) words = g_strsplit(folded, " ", -1);
    g_array_set_size(b->shown, 0);
    for (guint i = 0; i < b->entries->len; i++)
        if (passes(g_array_index(b->entries, BrowserEntry, i).name, words))
            g_array_append_val(b->shown, i);
    g_string_assign(b->filtered, b->filter->str);
    b->list = (ListState){.cursor = b->shown->len ? 0 : -1, .reveal = true};
}

static void go_to(Browser *b, const char *folder) {
    char *next = g_canonicalize_filename(folder, NULL);
    g_free(b->folder);
    b->folder = next;
    g_string_truncate(b->filter, 0);
    read_folder(b);
    filter(b);
}

static void show_page(Browser *b, Ui *u, BrowserPage page) {
    b->page = page;
    session_edit_clear(&b->edit);
    g_clear_pointer(&b->problem, g_free);
    g_string_truncate(b->filter, 0);
    if (page == BROWSER_FOLDER) go_to(b, b->folder);
    if (page == BROWSER_RECENT) read_recent(b, u->view);
    if (page == BROWSER_SESSIONS) read_sessions(b, u->view);
    filter(b);
}

void browser_open(Browser *b, Ui *u, bool recent) {
    const View *v = u->view;
    BrowserPage page = recent              ? BROWSER_RECENT
                       : b->chosen         ? b->page
                       : v->sessions.count ? BROWSER_SESSIONS
                                           : BROWSER_FOLDER;
    bool chosen = b->chosen && !recent;
    char *folder = g_steal_pointer(&b->folder);
    browser_clear(b);
    b->chosen = chosen;
    b->folder = folder ? folder
                       : g_strdup(v->files.folder ? v->files.folder : g_get_home_dir());
    b->entries = g_array_new(FALSE, TRUE, sizeof(BrowserEntry));
    g_array_set_clear_func(b->entries, entry_clear);
    b->shown = g_array_new(FALSE, FALSE, sizeof(guint));
    b->filter = g_string_new(NULL);
    b->filtered = g_string_new(NULL);
    show_page(b, u, page);
    ui_send(u, (Command){.id = COMMAND_LIST_SESSIONS});
}

void browser_open_folder(Browser *b, Ui *u) {
    browser_open(b, u, false);
    show_page(b, u, BROWSER_FOLDER);
}

static const BrowserEntry *entry_at(const Browser *b, int row) {
    if (row < 0 || row >= (int)b->shown->len) return NULL;
    guint n = g_array_index(b->shown, guint, row);
    return &g_array_index(b->entries, BrowserEntry, n);
}

static void put_cursor_on(Browser *b, const char *path) {
    for (int i = 0; i < (int)b->shown->len; i++)
        if (strcmp(entry_at(b, i)->path, path) == 0) b->list.cursor = i;
}

// Rebuilds the list when the sessions have changed, and keeps the cursor on its row.
static void follow_sessions(Browser *b, const View *v) {
    if (b->page != BROWSER_SESSIONS || b->sessions_version == v->sessions.version)
        return;
    const BrowserEntry *at = entry_at(b, b->list.cursor);
    g_autofree char *path = at ? g_strdup(at->path) : NULL;
    ListState list = b->list;
    read_sessions(b, v);
    filter(b);
    list.cursor = MIN(list.cursor, (int)b->shown->len - 1);
    if (list.cursor >= 0) b->list = list;
    if (path) put_cursor_on(b, path);
}

static void go_up(Browser *b) {
    g_autofree char *left = g_strdup(b->folder);
    g_autofree char *up = g_path_get_dirname(b->folder);
    go_to(b, up);
    put_cursor_on(b, left); // the folder that was left
}

// Opens or chooses a row. Returns true if a file or session was chosen.
static bool take(Browser *b, Ui *u, int row) {
    const BrowserEntry *e = entry_at(b, row);
    if (!e) return false;
    if (e->folder) {
        g_autofree char *folder = g_strdup(e->path);
        go_to(b, folder);
        return false;
    }
    ui_send_text(u,
                 b->page == BROWSER_SESSIONS ? COMMAND_OPEN_SESSION : COMMAND_OPEN_FILE,
                 e->path);
    return true;
}

static const ViewSession *session_at(const Browser *b, const View *v, int row) {
    const BrowserEntry *e = entry_at(b, row);
    if (b->page != BROWSER_SESSIONS || !e) return NULL;
    for (int i = 0; i < v->sessions.count; i++)
        if (strcmp(v->sessions.list[i].path, e->path) == 0) return &v->sessions.list[i];
    return NULL;
}

static void turn_page(Browser *b, Ui *u, BrowserPage page) {
    if (page == BROWSER_FOLDER && u->view->files.system_dialogs) {
        ui_send_integer(u, COMMAND_ASK_FILE, FILE_TO_OPEN);
        return;
    }
    b->chosen = true;
    show_page(b, u, page);
    gui_focus(&u->gui, ui_id(COMMAND_OPEN_FILE, 0));
}

bool browser_key(Browser *b, Ui *u, const KeyEvent *key) {
    const ViewSession *at = session_at(b, u->view, b->list.cursor);
    if (at && session_edit_key(&b->edit, u, at, b->filter->len == 0, key)) return true;
    if (session_edit_asks(&b->edit)) return false;
    if (list_key(&b->list, (int)b->shown->len, key)) return true;
    if (key->down && command_of_key(key) == COMMAND_OPEN) {
        turn_page(b, u, (b->page + 1) % BROWSER_PAGES);
        return true;
    }
    if (!key->down || key->modifiers || key->code != SDLK_BACKSPACE) return false;
    if (b->page != BROWSER_FOLDER || b->filter->len) return false;
    go_up(b);
    return true;
}

bool browser_escape(Browser *b) {
    if (!session_edit_asks(&b->edit)) return false;
    session_edit_clear(&b->edit);
    return true;
}

GString *browser_field(Browser *b, const Gui *g) {
    if (g->focus == ui_id(COMMAND_OPEN_FILE, 0)) return b->filter;
    if (g->focus == ui_id(COMMAND_RENAME_SESSION, 0)) return b->edit.name;
    return NULL;
}

static ListRow *make_rows(const Browser *b, const View *v) {
    ListRow *rows = g_new0(ListRow, MAX(b->shown->len, 1));
    for (guint i = 0; i < b->shown->len; i++) {
        const BrowserEntry *e = entry_at(b, (int)i);
        rows[i] = (ListRow){e->name, e->detail, e->folder ? ICON_FOLDER : ICON_FILE,
                            b->page == BROWSER_SESSIONS &&
                                g_strcmp0(e->path, v->sessions.path) == 0};
    }
    return rows;
}

static void nothing(const Browser *b, Ui *u, Box box) {
    const Theme *theme = u->gui.theme;
    static const char *const none[BROWSER_PAGES] = {
        "There is no session yet. Every session with takes is saved.",
        "No folders and no MIDI files here.", "No recent files."};
    const char *why = b->problem       ? b->problem
                      : b->filter->len ? "No name here contains that text."
                                       : none[b->page];
    draw_lines(u->gui.draw, (Face){THEME_BODY, false, false}, box_inset(box, 10),
               b->problem ? theme->wrong : theme->quiet, why);
}

// The top of the card: the tabs, the button to the parent folder, the folder's name,
// and the filter.
static bool head(Browser *b, Ui *u, Box in) {
    static const char *const pages[] = {"Sessions", "Folder", "Recent"};
    Box field = box_cut_right(&in, 180), pick = box_cut_left(&in, 210);
    int page = widget_segments(&u->gui, ui_id(COMMAND_RECENT, 0), pick, pages,
                               BROWSER_PAGES, (int)b->page);
    gui_explain(&u->gui, ui_id(COMMAND_RECENT, 0),
                "Sessions, folders and their MIDI files; Ctrl+O is the next.");
    if (page >= 0 && page != (int)b->page) turn_page(b, u, (BrowserPage)page);
    box_cut_left(&in, 10);
    box_cut_right(&in, 10);
    if (b->page == BROWSER_FOLDER) {
        Box up = box_cut_left(&in, 32);
        if (ui_button(u, COMMAND_OPEN, 1, up, (ButtonLook){.icon = ICON_UP})) go_up(b);
        gui_explain(&u->gui, ui_id(COMMAND_OPEN, 1),
                    "The parent folder; or Backspace.");
        box_cut_left(&in, 10);
        g_autofree char *name = g_filename_display_name(b->folder);
        widget_label(&u->gui, in, ALIGN_LEFT, u->gui.theme->quiet, name);
    }
    return field_frame(&u->gui, ui_id(COMMAND_OPEN_FILE, 0), field, b->filter,
                       "Filter");
}

bool browser_frame(Browser *b, Ui *u) {
    bool close;
    Box in = card_frame(u, 680, 560, "Open", "Type to filter, Enter opens, Esc closes",
                        &close);
    follow_sessions(b, u->view);
    bool entered = head(b, u, box_cut_top(&in, 28));
    if (strcmp(b->filter->str, b->filtered->str) != 0) filter(b);
    box_cut_top(&in, 12);
    if (b->page == BROWSER_SESSIONS) {
        Box foot = box_cut_bottom(&in, 32);
        box_cut_bottom(&in, 12);
        session_edit_frame(&b->edit, u, foot, session_at(b, u->view, b->list.cursor));
    }
    g_autofree ListRow *rows = make_rows(b, u->view);
    int row = list_frame(&u->gui, ui_id(COMMAND_OPEN_FILE, 0), in, rows,
                         (int)b->shown->len, &b->list);
    if (b->shown->len == 0) nothing(b, u, in);
    if (entered) row = b->list.cursor;
    return take(b, u, row) || close;
}
