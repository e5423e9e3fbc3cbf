"""What everybody in Dutch schools knows: other names of places, abbreviations, empty words.

All words are folded (see :mod:`.folding`). A site with words of its own gives them to its schools
as aliases in the registry; these tables are for what holds everywhere.
"""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return text.split()


PLACES: dict[str, str] = {
    "'s-Hertogenbosch": "Den Bosch, shertogenbosch, D'n Bosch",
    "'s-Gravenhage": "Den Haag, sgravenhage, The Hague",
    "'s-Gravenzande": "sgravenzande",
    "'s-Heerenberg": "sheerenberg",
    "Alphen aan den Rijn": "Alphen",
    "Amsterdam": "Adam",
    "Amsterdam-Duivendrecht": "Adam",
    "Bergen (NH)": "Bergen NH, Bergen Noord-Holland, Bergen aan Zee",
    "Bergen L": "Bergen Limburg",
    "Bergen op Zoom": "BoZ",
    "Capelle aan den IJssel": "Capelle",
    "Den Burg": "Texel",
    "Driehuis NH": "Driehuis",
    "Eindhoven": "Ehv",
    "Geleen": "Sittard-Geleen",
    "Gorinchem": "Gorkum, Gorcum",
    "Haren Gn": "Haren Groningen",
    "Hengelo": "Hengelo Overijssel, Hengelo Ov",
    "Hengelo OV": "Hengelo Overijssel",
    "Hengelo (Gld)": "Hengelo Gelderland",
    "Hoofddorp": "Haarlemmermeer",
    "Koudekerk aan den Rijn": "Koudekerk",
    "Krimpen aan den IJssel": "Krimpen",
    "Nijmegen": "Nimwegen",
    "Rotterdam": "Rdam",
    "Hoogvliet Rotterdam": "Hoogvliet",
    "Rijswijk": "Rijswijk Zuid-Holland, Rijswijk ZH",
    "Rijswijk (NB)": "Rijswijk Noord-Brabant",
    "Sittard": "Sittard-Geleen, Zitterd",
    "Spijkenisse": "Nissewaard",
    "Terneuzen": "Neuzen",
    "Vlissingen": "Flushing",
    "Zaandam": "Zaanstad",
    "Zutphen": "Zutfen",
    # Friesland: the official name is Frisian in one municipality and Dutch in the next.
    "Aldeboarn": "Oldeboorn",
    "Aldtsjerk": "Oudkerk",
    "Aldwâld": "Oudwoude",
    "Bolsward": "Boalsert",
    "Broeksterwâld": "Broeksterwoude",
    "Burgum": "Bergum",
    "Burdaard": "Birdaard",
    "Damwâld": "Damwoude",
    "De Westereen": "Zwaagwesteinde",
    "Drachten": "Smallingerland",
    "Earnewâld": "Eernewoude",
    "Easterein": "Oosterend",
    "Eastermar": "Oostermeer",
    "Eastrum": "Oostrum",
    "Feanwâlden": "Veenwouden",
    "Ferwert": "Ferwerd",
    "Franeker": "Frjentsjer",
    "Garyp": "Garijp",
    "Gytsjerk": "Giekerk",
    "Harlingen": "Harns",
    "Heerenveen": "It Hearrenfean, Hearrenfean",
    "Hurdegaryp": "Hardegarijp",
    "IJlst": "Drylts",
    "Joure": "De Jouwer",
    "Jistrum": "Eestrum",
    "Leeuwarden": "Ljouwert",
    "Lemmer": "De Lemmer",
    "Marsum": "Marssum",
    "Mûnein": "Molenend",
    "Nij Beets": "Nieuw Beets",
    "Noardburgum": "Noordbergum",
    "Oentsjerk": "Oenkerk",
    "Opeinde": "De Pein",
    "Reahûs": "Roodhuis",
    "Rottevalle": "De Rottefalle",
    "Ryptsjerk": "Rijperkerk",
    "Scharnegoutum": "Skearnegoutum",
    "Sneek": "Snits",
    "St.-Annaparochie": "Sint Anne, Sint Annaparochie",
    "St.-Jacobiparochie": "Sint Jabik, Sint Jacobiparochie",
    "Surhuisterveen": "Surhústerfean",
    "Suwâld": "Suawoude",
    "Twijzel": "Twizel",
    "Wâlterswâld": "Wouterswoude",
    "Wergea": "Warga",
    "Wolvega": "Wolvegea",
    "Workum": "Warkum",
    "Wytgaard": "Wijtgaard",
    # Limburg and Brabant, as people there say it.
    "Bergeijk": "Bergeyk",
    "Echt": "Ech",
    "Heerlen": "Heële",
    "Helmond": "Hellemond",
    "Kerkrade": "Kirchroa",
    "Maastricht": "Mestreech",
    "Roermond": "Remunj",
    "Roosendaal": "Rozendaal",
    "Tilburg": "Tilbo",
    "Valkenburg": "Valkenburg aan de Geul, Valkeberg",
    "Venray": "Venraij, Rooj",
    "Weert": "Wieert",
}
"""Place as the registry may write it → what else people call it, with commas between."""

SAME: dict[str, str] = {
    "chr": "christelyk",
    "christelyke": "christelyk",
    "geref": "gereformeerd",
    "gereformeerde": "gereformeerd",
    "reform": "reformatorisch",
    "reformatorische": "reformatorisch",
    "interconf": "interconfessioneel",
    "interconfessionele": "interconfessioneel",
    "islamitische": "islamitisch",
    "kath": "katholiek",
    "katholieke": "katholiek",
    "rk": "katholiek",
    "openb": "openbaar",
    "opb": "openbaar",
    "openbare": "openbaar",
    "prot": "protestants",
    "protestantse": "protestants",
    "bijz": "bijzonder",
    "byz": "bijzonder",
    "byzonder": "bijzonder",
    "byzondere": "bijzonder",
    "regionale": "regionaal",
    "reg": "regionaal",
    "st": "sint",
    "snt": "sint",
    "sinte": "sint",
    "stg": "stichting",
    "ath": "atheneum",
    "gym": "gymnasium",
    "gymn": "gymnasium",
    "lyc": "lyceum",
    "lyceeum": "lyceum",
    "coll": "college",
    "colege": "college",
    "sgm": "scholengemeenschap",
    "scholengem": "scholengemeenschap",
    "scholengemeensch": "scholengemeenschap",
    "scholengemeensschap": "scholengemeenschap",
    "sgs": "scholengemeenschap",
    "scholengr": "scholengroep",
    "onderwysgr": "onderwysgroep",
    "ond": "onderwys",
    "onderw": "onderwys",
    "basissch": "basisschool",
    "basischool": "basisschool",
    "basischol": "basisschool",
    "vbo": "vmbo",
    "vmbotl": "mavo",
    "pro": "praktykonderwys",
    "praktykond": "praktykonderwys",
    "praktykschool": "praktykonderwys",
    "loc": "locatie",
    "lokatie": "locatie",
    "vest": "vestiging",
    "vst": "vestiging",
    "dr": "doctor",
    "ds": "dominee",
    "mr": "meester",
    "mst": "meester",
    "prof": "professor",
    "kon": "koningin",
    "burg": "burgemeester",
    "mgr": "monseigneur",
    "joz": "jozef",
    "josef": "jozef",
    "joseph": "jozef",
    "1e": "eerste",
    "2e": "tweede",
    "grunn": "groningen",
    "gron": "groningen",
    "fryslan": "friesland",
    "oecumenische": "oecumenisch",
}
"""Word → the one word we write instead, on both sides."""

ABBREVIATIONS: dict[str, tuple[str, ...]] = {
    "csg": ("christelyk", "scholengemeenschap"),
    "rsg": ("regionaal", "scholengemeenschap"),
    "osg": ("openbaar", "scholengemeenschap"),
    "ksg": ("katholiek", "scholengemeenschap"),
    "gsg": ("gereformeerd", "scholengemeenschap"),
    "isg": ("interconfessioneel", "scholengemeenschap"),
    "pcsg": ("protestants", "christelyk", "scholengemeenschap"),
    "sg": ("scholengemeenschap",),
    "obs": ("openbaar", "basisschool"),
    "cbs": ("christelyk", "basisschool"),
    "pcb": ("protestants", "christelyk", "basisschool"),
    "pcbs": ("protestants", "christelyk", "basisschool"),
    "pcbo": ("protestants", "christelyk", "basisonderwys"),
    "gbs": ("gereformeerd", "basisschool"),
    "kbs": ("katholiek", "basisschool"),
    "rkbs": ("katholiek", "basisschool"),
    "ibs": ("islamitisch", "basisschool"),
    "bs": ("basisschool",),
    "kc": ("kindcentrum",),
    "ikc": ("integraal", "kindcentrum"),
    "sws": ("samenwerkingsschool",),
    "roc": ("regionaal", "opleidingen", "centrum"),
    "pc": ("protestants", "christelyk"),
    "isk": ("internationaal", "schakelklas"),
    "cvo": ("christelyk", "voortgezet", "onderwys"),
    "vo": ("voortgezet", "onderwys"),
    "svo": ("speciaal", "voortgezet", "onderwys"),
    "vso": ("voortgezet", "speciaal", "onderwys"),
    "sbo": ("speciaal", "basisonderwys"),
}
"""Abbreviation → the words that it stands for, as they follow each other in a name."""

SMALL = frozenset(
    _words("""
    de het een den der des t s n d v vd van voor en op aan in te ter ten bij by met en of it e
    eo ca ad ov gld nb nh zh gn l ut nl gem eh www http https com
""")
)
"""Words that glue."""

COURSES = frozenset(
    _words("""
    gymnasium atheneum havo mavo vmbo vwo lwoo iwoo mbo kmbo tl kader basis gl bo po vo
    scholengemeenschap onderwys basisonderwys voortgezet speciaal beroepsonderwys middelbaar
    stichting vereniging locatie vestiging afdeling afd algemeen bijzonder regionaal
    opleidingen opleidingencentrum instelling sint doctor dominee professor
""")
)
"""Words of what is taught and by whom: in the names of the register, in nobody's mouth."""

TYPES = frozenset(
    _words("""
    school scholen college lyceum praktykcollege praktykonderwys basisschool scholengroep
    onderwysgroep schoolvereniging openbaar christelyk katholiek rooms protestants gereformeerd
    reformatorisch interconfessioneel oecumenisch islamitisch centrum kindcentrum integraal
    brede nationaal nationale samenwerkingsschool brugjaar onderbouw bovenbouw isk
    internationaal schakelklas leerroute vakcollege beroepscollege middelbare groep csg rsg osg
    ksg gsg isg pcsg sg obs cbs pcb pcbs pcbo gbs kbs rkbs ibs bs kc ikc sws roc aoc pc cvo svo
    vso sbo onderwysinstelling nieuwkomers
""")
)
"""Words that many schools have in their name: they count, but little."""

LEVELS: dict[str, tuple[str, ...]] = {
    "mavo": ("vmbo", "tl"),
    "vwo": ("atheneum", "gymnasium"),
    "brugjaar": ("isk", "onderbouw"),
    "praktykonderwys": ("praktyk",),
    "bo": ("basisschool",),
}
"""Level → what else people call it."""

KINDS: dict[str, tuple[str, ...]] = {
    "vo": ("middelbare",),
    "mbo": ("mbo", "roc"),
    "po": ("basisschool",),
}
"""Kind of school → words that find it even when its name does not have them."""

HOST_PARTS = frozenset(
    _words("""
    www nl com org net eu sites site http https google index home info be
""")
)
"""Parts of a web address that name no school."""

HOST_STARTS = _words("""
    kindcentrum basisschool rkbs pcbs obs cbs kbs ibs gbs sws bs ikc kc csg rsg osg roc mavo
    vmbo isk pro mbo school de het
""")
HOST_ENDS = _words("""
    basisschool school college lyceum gymnasium praktykonderwys vmbo mavo havo vwo pro
""")
"""What stands glued to the name in a web address."""
