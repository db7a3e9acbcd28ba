/** The language that texts of the server are asked for in. */
export const languageOf = (language: string): 'en' | 'zh-TW' => (language.startsWith('zh') ? 'zh-TW' : 'en');
