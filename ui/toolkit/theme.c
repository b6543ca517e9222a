#include "ui/toolkit/theme.h"

static const Theme themes[THEMES] = {
    [THEME_DARK] = {.back = 0xFF131519,
                    .back_dark = 0xFF0F1114,
                    .panel = 0xFF1A1D22,
                    .raised = 0xFF262A31,
                    .hover = 0xFF30353E,
                    .pressed = 0xFF3A404B,
                    .line = 0xFF2A2E36,
                    .shade = 0xB00A0B0D,
                    .text = 0xFFE3E6EB,
                    .quiet = 0xFF9AA2AF,
                    .faint = 0xFF666E7B,
                    .focus = 0xFFC9D3E3,
                    .wrong = 0xFFEB7A80,
                    .model = 0xFFF2AA5C,
                    .on_model = 0xFF2A1C0B,
                    .prompt = 0xFFA9BBD6,
                    .played = 0xFF6FC2A8,
                    .forgotten = 0xFF5A5F68,
                    .sounding = 0xFFFFF6E6,
                    .surprise = {0xFF3C5378, 0xFF8461C2, 0xFFE3629F, 0xFFFFE8F2},
                    .white_key = 0xFFCDD1D7,
                    .black_key = 0xFF23262C},
};

const Theme *theme_of(ThemeId id) { return &themes[id]; }
