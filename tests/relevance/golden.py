"""What people type and what they mean, on real places: each line is a sentence that an engine must make true.

`first`: the name of the first hit; `finds`: a name among the first 20; `above`: the first of these names stands above
the second; `never`: a name that is not found at all; `tier`: of the first hit. From the middle of the city, places.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Golden:
    city: str
    typed: str
    says: str
    first: str = ""
    finds: str = ""
    above: tuple[str, str] = ("", "")
    never: str = ""
    tier: str = ""


def _munich(typed: str, says: str, **expected) -> Golden:
    return Golden("munich", typed, says, **expected)


def _tainan(typed: str, says: str, **expected) -> Golden:
    return Golden("tainan", typed, says, **expected)


def _tokyo(typed: str, says: str, **expected) -> Golden:
    return Golden("tokyo", typed, says, **expected)


GOLDEN = (
    _munich("Hofbräuhaus", "an exact name comes first", first="Hofbräuhaus", tier="exact"),
    _munich("hofbrauhaus", "accents may be left out", first="Hofbräuhaus", tier="exact"),
    _munich("HOFBRÄUHAUS", "capitals do not count", first="Hofbräuhaus", tier="exact"),
    _munich("hofbräuhaus am platzl", "a name in another language is a name", first="Hofbräuhaus", tier="exact"),
    _munich("hofbrä", "a beginning is enough", finds="Hofbräuhaus", tier="prefix"),
    _munich(
        "hofbräuhaus", "the name itself stands above a name that holds it", above=("Hofbräuhaus", "Mini Hofbräuhaus")
    ),
    _munich("hofbrauhuas", "two letters may be swapped", finds="Hofbräuhaus", tier="fuzzy"),
    _munich("hofbräuaus", "a letter may be missing", finds="Hofbräuhaus", tier="fuzzy"),
    _munich("hofbräuhauss", "a letter may be too many", finds="Hofbräuhaus", tier="fuzzy"),
    _munich("hofbräuhays", "a letter may be wrong", finds="Hofbräuhaus", tier="fuzzy"),
    _munich("Rischart", "a bakery by its name", first="Rischart", tier="exact"),
    _munich("rischrat", "and misspelt", first="Rischart", tier="fuzzy"),
    _munich("Vapiano", "a restaurant by its name", first="Vapiano", tier="exact"),
    _munich("vapian", "before the last letter is typed", first="Vapiano", tier="prefix"),
    _munich("vapiaon", "with the last letters swapped", first="Vapiano", tier="fuzzy"),
    _munich("aldi sud", "an umlaut of a chain may be left out", first="Aldi Süd", tier="exact"),
    _munich("süd aldi", "the order of words does not matter", first="Aldi Süd", tier="all_words"),
    _munich("losteria", "an apostrophe may be left out", first="L'Osteria", tier="exact"),
    _munich("l’osteria", "or be another one", first="L'Osteria", tier="exact"),
    _munich("hans im gluck", "three words without an umlaut", first="Hans im Glück", tier="exact"),
    _munich("glück hans", "some of the words in another order", first="Hans im Glück", tier="all_words"),
    _munich("hans im glükc", "the last word misspelt", first="Hans im Glück", tier="fuzzy"),
    _munich("augustiner am dom", "the branch that is meant", first="Augustiner am Dom", tier="exact"),
    _munich("augustiner dom", "without the small word", first="Augustiner am Dom", tier="all_words"),
    _munich("augustiner", "beginnings stand above words within", above=("Augustiner am Dom", "Haidhauser Augustiner")),
    _munich("löwenapotheke", "an exact name stands above others", first="Löwenapotheke", tier="exact"),
    _munich("rathaus apotheke", "a hyphen is a gap", first="Rathaus-Apotheke", tier="exact"),
    _munich("yoko sushi", "a whole name stands above a half", above=("Yoko Sushi", "Sushi Sano")),
    _munich("yoko susi", "a misspelt whole stands above a right half", first="yoko Sushi", tier="fuzzy"),
    _munich("cafe voila", "accents on both words", first="Café Voilà", tier="exact"),
    _munich("café ca va", "short words are words", first="Café Ca Va", tier="exact"),
    _munich(
        "stadtsparkasse münchen", "the nearest of equal names is first", first="Stadtsparkasse München", tier="exact"
    ),
    _munich("löwenbräukeller", "and a long compound is one word", first="Löwenbräukeller", tier="exact"),
    _munich("nrm", "initials bring nothing where no name is read in pinyin", never="Norma"),
    _munich("niuroumian", "nor does pinyin", never="Edeka"),
    _tainan("老鄧牛肉麵", "an exact name", first="老鄧牛肉麵", tier="exact"),
    _tainan("老邓牛肉面", "in simplified characters", first="老鄧牛肉麵", tier="exact"),
    _tainan("laodengniuroumian", "in pinyin, joined", first="老鄧牛肉麵", tier="pinyin"),
    _tainan("lao deng niu rou mian", "in pinyin, spaced", first="老鄧牛肉麵", tier="pinyin"),
    _tainan("老deng牛肉面", "mixed", first="老鄧牛肉麵", tier="pinyin"),
    _tainan("ldnrm", "by its initials", first="老鄧牛肉麵", tier="initials"),
    _tainan("老鄧牛肉", "by its beginning", first="老鄧牛肉麵", tier="prefix"),
    _tainan("老登牛肉麵", "with one character mistaken", finds="老鄧牛肉麵", tier="fuzzy"),
    _tainan("laodnegniuroumian", "in misspelt pinyin", first="老鄧牛肉麵", tier="fuzzy"),
    _tainan("niuroumian", "beef noodles in pinyin are beef noodles", finds="二饌牛肉麵", tier="pinyin"),
    _tainan("niu rou mian", "spaced, too", finds="老施牛肉麵"),
    _tainan("niurou面", "and mixed", finds="老施牛肉麵"),
    _tainan("牛肉面", "and in simplified characters", finds="老施牛肉麵"),
    _tainan("牛肉麺", "and in Japanese ones", finds="老施牛肉麵"),
    _tainan("nrm", "and by initials at the end of a name", finds="老施牛肉麵", tier="initials"),
    _tainan("huoguo", "hotpot in pinyin", finds="三大牛肉火鍋", tier="pinyin"),
    _tainan("火guo", "hotpot, mixed", finds="三大牛肉火鍋", tier="pinyin"),
    _tainan("火锅", "hotpot, simplified", finds="三大牛肉火鍋", tier="all_words"),
    _tainan("鴨肉大王", "an exact name stands above one that shares its word", above=("鴨肉大王", "華味香鴨肉羹三店")),
    _tainan("鸭肉大王", "in simplified characters", first="鴨肉大王", tier="exact"),
    _tainan("yrdw", "by its initials", first="鴨肉大王", tier="initials"),
    _tainan("tong ji an ping dou hua", "six syllables", first="同記安平豆花", tier="pinyin"),
    _tainan("同记安平豆花", "the same, simplified", first="同記安平豆花", tier="exact"),
    _tainan("安平豆花", "from the middle of a name", first="同記安平豆花", tier="all_words"),
    _tainan("阿輝炒鳝鱼", "half in one script, half in the other", first="阿輝炒鱔魚", tier="exact"),
    _tainan("wanghuyin", "what no name is read like finds nothing", never="阿輝炒鱔魚"),
    _tainan("窄門咖啡館", "a café", first="窄門咖啡館", tier="exact"),
    _tainan("窄门咖啡", "its beginning, simplified", first="窄門咖啡館", tier="prefix"),
    _tainan("zhaimenkafei", "its beginning in pinyin", first="窄門咖啡館", tier="pinyin"),
    _tainan("85度c", "digits and letters beside characters", first="85度C咖啡蛋糕-台南東寧店", tier="prefix"),
    _tainan("hou bi crystal", "letters in a Chinese name", finds="後壁冰糖醬鴨 (Houbi Crystal Sugar Braised Duck)"),
    _tainan("crystal duck", "words of the English part", first="後壁冰糖醬鴨 (Houbi Crystal Sugar Braised Duck)"),
    _tainan("鱔魚意面", "two words in one run", finds="華興鱔魚意麵", tier="all_words"),
    _tainan("gym", "a word in letters brings no names by their middles", never="阿輝炒鱔魚"),
    _tokyo("starbucks", "a chain in letters", first="Starbucks", tier="exact"),
    _tokyo("スターバックス", "and in katakana", first="スターバックス", tier="exact"),
    _tokyo("ｽﾀｰﾊﾞｯｸｽ", "half-width katakana is the same", first="スターバックス", tier="exact"),
    _tokyo("スターバックス starbucks", "both scripts at once", finds="スターバックス (Starbucks)", tier="exact"),
    _tokyo("lawson", "letters in either case", finds="LAWSON", tier="exact"),
    _tokyo("lawson", "the name itself stands above the name that holds it", above=("Lawson", "ローソン (LAWSON)")),
    _tokyo("lawsno", "and misspelt", finds="Lawson", tier="fuzzy"),
    _tokyo("マクドナルド", "a beginning in katakana", first="マクドナルド (McDonald's)", tier="prefix"),
    _tokyo("mcdonalds", "its letters, without the apostrophe", finds="マクドナルド (McDonald's)"),
    _tokyo(
        "东京らっきょブラザーズ",
        "a simplified character for a Japanese one",
        first="東京らっきょブラザーズ",
        tier="exact",
    ),
)
