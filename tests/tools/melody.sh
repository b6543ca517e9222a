# To be sourced, with $par: melody N OUT.mid [NOTES] writes a piece of NOTES notes (default:
# 150), a different one for each N.
melody() {
    awk -v x="$1" -v notes="${3:-150}" 'BEGIN {
        printf "2 378"
        for (i = 0; i < notes; i++) {
            x = (x * 1103 + 12345) % 65521
            pitch = 48 + x % 24
            printf " %d %d %d", 3 + pitch, 259 + x % 7 * 10, 131 + pitch
        }
        print " 1"
    }' | "$par" detokenize - -o "$2"
}
