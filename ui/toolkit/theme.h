// Every colour and every measure of the window. Colours are 0xAARRGGBB, measures
// points.
//
// One accent, THEME_MODEL, means "the model": what it wrote and what makes it write.
#ifndef UI_TOOLKIT_THEME_H
#define UI_TOOLKIT_THEME_H

#define THEME_BACK       0xFF131519u // the roll
#define THEME_BACK_DARK  0xFF0F1114u // rows of black keys
#define THEME_PANEL      0xFF1A1D22u
#define THEME_RAISED     0xFF262A31u // buttons, fields
#define THEME_HOVER      0xFF30353Eu
#define THEME_PRESSED    0xFF3A404Bu
#define THEME_LINE       0xFF2A2E36u
#define THEME_SHADE      0xB00A0B0Du // over what an overlay covers

#define THEME_TEXT       0xFFE3E6EBu
#define THEME_QUIET      0xFF9AA2AFu // labels
#define THEME_FAINT      0xFF666E7Bu // what is not possible now, grid numbers
#define THEME_FOCUS      0xFFC9D3E3u
#define THEME_WRONG      0xFFEB7A80u

#define THEME_MODEL      0xFFF2AA5Cu // the accent
#define THEME_MODEL_DARK 0xFF2A1C0Bu // text on it
#define THEME_PROMPT     0xFFA9BBD6u
#define THEME_PLAYED     0xFF6FC2A8u
#define THEME_FORGOTTEN  0xFF5A5F68u
#define THEME_SOUNDING   0xFFFFF6E6u // notes brighten towards it while they sound

#define THEME_WHITE_KEY  0xFFCDD1D7u
#define THEME_BLACK_KEY  0xFF23262Cu

#define THEME_SMALL      11.0
#define THEME_BODY       13.0
#define THEME_TITLE      16.0
#define THEME_CLOCK      22.0

#define THEME_GAP        8.0  // between controls
#define THEME_MARGIN     14.0 // inside panels
#define THEME_ROW        28.0 // a control's height
#define THEME_RADIUS     6.0

#define THEME_TRANSPORT  56.0  // height of the top row
#define THEME_COLUMN     236.0 // width of the right column
#define THEME_STATUS     26.0
#define THEME_KEYBOARD   72.0
#define THEME_LANE       15.0 // height of a take in the tree

#endif
